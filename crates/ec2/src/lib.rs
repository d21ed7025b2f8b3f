//! EC2: instances that wear instance profiles, and the networks they are in. One file a noun.
//!
//! What all nouns share: [`kind`] knows ids, ARNs and the errors about them, [`regional`] reads and writes
//! rows of an account and region (the default VPC included), [`page`] and [`filter`] make lists, [`tag`] has
//! the tags of all resources, and [`demand`] says what IAM must allow, with the condition keys that
//! [`lookup`] finds for a resource.

pub mod catalogue;
pub mod cidr;
pub mod default_vpc;
pub mod demand;
pub mod filter;
pub mod image;
pub mod instance;
pub mod instance_profile;
pub mod instance_type;
pub mod kind;
pub mod lookup;
pub mod page;
pub mod region;
pub mod regional;
pub mod spot_price;
pub mod table;
pub mod tag;
#[cfg(test)]
mod testing;
pub mod time;
pub mod unmodelled;
pub mod vpc;

/// Adds the rows that EC2 keeps.
#[must_use]
pub fn add_rows(schema: store::Schema) -> store::Schema {
    schema
        .with::<regional::RegionRow>()
        .with::<tag::TagsRow>()
        .with::<vpc::VpcRow>()
        .with::<instance::InstanceRow>()
}
