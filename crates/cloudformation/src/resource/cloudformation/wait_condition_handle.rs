//! `AWS::CloudFormation::WaitConditionHandle`: a URL that nobody waits for.

use cloud::Fault;
use serde::Deserialize;

use crate::resource::{Physical, Provision, ResourceType};

/// A handle. Signals to it are not taken: the type that waits for them is not modelled.
#[derive(Debug, Clone, Copy)]
pub struct WaitConditionHandle;

/// It has none.
#[derive(Debug, Clone, Deserialize)]
pub struct Properties {}

impl ResourceType for WaitConditionHandle {
    const NAME: &'static str = "AWS::CloudFormation::WaitConditionHandle";
    type Properties = Properties;

    /// `Ref` gives a presigned URL in a bucket of CloudFormation's (user guide, "WaitConditionHandle").
    fn create(_: Properties, on: &mut Provision<'_, '_, '_>) -> Result<Physical, Fault> {
        let (region, stack) = (on.region(), on.stack.arn());
        let id = format!(
            "https://cloudformation-waitcondition-{region}.s3.amazonaws.com/{}/{}",
            stack.replace(':', "%3A"),
            on.logical_id
        );
        Ok(Physical { attributes: [("Id".to_owned(), id.clone().into())].into(), id })
    }

    fn update(
        _: Properties,
        _: Properties,
        physical: &Physical,
        _: &mut Provision<'_, '_, '_>,
    ) -> Result<Physical, Fault> {
        Ok(physical.clone())
    }

    fn delete(_: Properties, _: &Physical, _: &mut Provision<'_, '_, '_>) -> Result<(), Fault> {
        Ok(())
    }
}
