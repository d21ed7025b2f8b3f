//! Systems Manager, as far as templates and modules need it to find an image: the public parameters below
//! `/aws/service/` that name the images of `ec2`'s catalogue. One file a noun.
//!
//! Parameters of an account's own are not modelled: there are none.

pub mod parameter;
pub mod table;
#[cfg(test)]
mod tests;
