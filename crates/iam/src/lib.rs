//! AWS IAM policies: parse, validate, evaluate, explain, remedy.
//!
//! The engine is a pure library: no I/O, no clock, no async. Time, request and policies come in as
//! values; policies are compiled once ([`PolicySet`]) and asked many times ([`evaluate`]).

pub mod accept;
pub mod caller;
pub mod catalog;
pub mod condition;
pub mod context;
pub mod decision;
pub mod diagnostic;
pub mod evaluate;
pub mod explain;
pub mod json;
pub mod key;
pub mod kind;
pub mod lint;
pub mod message;
mod near;
pub mod operator;
mod parse;
pub mod pattern;
pub mod policy;
pub mod policy_set;
mod prefix_index;
pub mod principal;
pub mod remedy;
pub mod request;
mod rule;
pub mod span;
mod statement;
pub mod story;
pub mod surroundings;
pub mod template;
pub mod trace;
pub mod value;

pub use caller::Caller;
pub use context::{Context, Values};
pub use decision::{Decision, Gate, Verdict};
pub use evaluate::{evaluate, evaluate_traced};
pub use kind::PolicyKind;
pub use policy::Policy;
pub use policy_set::{NamedPolicy, PolicySet};
pub use remedy::{Remedy, remedies};
pub use request::{Action, Request, Resource};
pub use statement::Coverage;
pub use surroundings::{Level, Surroundings};
pub use trace::Trace;
