//! Pseudo parameters: what CloudFormation itself knows about a stack.

/// The pseudo parameters of one stack; what is `None` is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pseudo {
    /// `AWS::AccountId`
    pub account_id: Option<String>,
    /// `AWS::Region`
    pub region: Option<String>,
    /// `AWS::Partition`
    pub partition: Option<String>,
    /// `AWS::URLSuffix`
    pub url_suffix: Option<String>,
    /// `AWS::StackName`
    pub stack_name: Option<String>,
    /// `AWS::StackId`
    pub stack_id: Option<String>,
    /// `AWS::NotificationARNs`
    pub notification_arns: Vec<String>,
}

impl Pseudo {
    /// The value of `AWS::…`, if there is such a pseudo parameter and it is known.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        match name {
            "AWS::AccountId" => self.account_id.as_deref(),
            "AWS::Region" => self.region.as_deref(),
            "AWS::Partition" => self.partition.as_deref(),
            "AWS::URLSuffix" => self.url_suffix.as_deref(),
            "AWS::StackName" => self.stack_name.as_deref(),
            "AWS::StackId" => self.stack_id.as_deref(),
            _ => None,
        }
    }
}
