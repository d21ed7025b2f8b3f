//! `AWS::CloudFormation::*`

pub mod stack;
pub mod wait_condition_handle;
