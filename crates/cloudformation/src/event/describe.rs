//! `DescribeStackEvents`

use std::sync::Arc;

use cloud::{Ask, Demand, Fault, Operation, Read, Service};
use serde::{Deserialize, Serialize};

use crate::event::{EventRow, EventShape};
use crate::page;
use crate::stack;

/// `DescribeStackEvents`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeStackEvents {
    stack_name: String,
    next_token: Option<String>,
}

/// Its answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeStackEventsOutput {
    stack_events: Vec<EventShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl Operation for DescribeStackEvents {
    const SERVICE: Service = Service::CloudFormation;
    const NAME: &'static str = "DescribeStackEvents";
    type Output = DescribeStackEventsOutput;

    fn demands(&self, ask: &Ask<'_>) -> Result<Vec<Demand>, Fault> {
        Ok(vec![stack::demand(ask, "cloudformation:DescribeStackEvents", &self.stack_name)])
    }
}

impl Read for DescribeStackEvents {
    /// The newest first.
    fn read(self, ask: &Ask<'_>) -> Result<DescribeStackEventsOutput, Fault> {
        let name = &self.stack_name;
        let stack = stack::find(ask, name).ok_or_else(|| stack::missing_bracketed(name))?;
        // `0` comes right after `/`.
        let (from, until) = (format!("{}/", stack.id), format!("{}0", stack.id));
        let events =
            ask.view.range::<EventRow>(stack.account.as_str(), from.as_str()..until.as_str());
        let mut events: Vec<&Arc<EventRow>> = events.collect();
        events.reverse();
        let page = page::cut(&events, self.next_token.as_deref(), |event| &event.id)?;
        Ok(DescribeStackEventsOutput {
            stack_events: page.items.iter().map(|event| EventShape::new(stack, event)).collect(),
            next_token: page.next,
        })
    }
}
