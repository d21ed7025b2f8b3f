//! Terraform, plans and CloudFormation as one graph of resources, with places.
