//! The operations of EC2, noun by noun.

cloud::operations! { Ec2; }
