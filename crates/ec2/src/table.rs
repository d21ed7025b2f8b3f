//! The operations of EC2, noun by noun.

cloud::operations! { Ec2;
    // Networks, volumes, tags, regions.
    write crate::tag::change::CreateTags;
    write crate::vpc::create::CreateVpc;
    write crate::tag::change::DeleteTags;
    write crate::vpc::delete::DeleteVpc;
    read crate::region::describe::DescribeAvailabilityZones;
    read crate::region::describe::DescribeRegions;
    read crate::tag::describe::DescribeTags;
    read crate::vpc::attribute::DescribeVpcAttribute;
    read crate::vpc::describe::DescribeVpcs;
    write crate::vpc::attribute::ModifyVpcAttribute;

    // Instances.
    write crate::instance_profile::associate::AssociateIamInstanceProfile;
    read crate::instance_profile::describe::DescribeIamInstanceProfileAssociations;
    read crate::image::describe::DescribeImages;
    read crate::instance_type::describe::DescribeInstanceTypes;
    read crate::instance_type::offering::DescribeInstanceTypeOfferings;
    read crate::spot_price::history::DescribeSpotPriceHistory;
    write crate::instance_profile::replace::DisassociateIamInstanceProfile;
    read crate::spot_price::placement_score::GetSpotPlacementScores;
    write crate::instance_profile::replace::ReplaceIamInstanceProfileAssociation;

    // Metadata.
}
