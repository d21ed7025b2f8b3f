//! Values of infrastructure code, of which some are known only after it is applied.
//!
//! A [`Node`] is a value and its [`Place`]. What is not known yet is a hole: an attribute of a resource that
//! keeps its identity, or an unknown with its reason ([`Hole`]). Strings may have holes in them ([`Text`]).
//!
//! On top of that: CloudFormation templates ([`Document`]) and their intrinsic functions ([`Evaluator`]), for
//! whoever checks a template (nothing exists yet, [`Attributes`] answers nothing) and for whoever deploys one
//! (what exists has attributes). No I/O.

mod base64;
mod condition;
mod document;
mod evaluate;
mod hole;
mod intrinsic;
mod place;
mod pseudo;
mod sub;
mod syntax;
mod text;
mod value;
mod yaml;

pub use base64::base64;
pub use document::{Condition, Document, Parameter, Resource};
pub use evaluate::{Attributes, Evaluator, NothingExists};
pub use hole::{Hole, HoleId, Holes};
pub use place::{FileId, Place, Problem};
pub use pseudo::Pseudo;
pub use syntax::{Entry, Kind, Syntax};
pub use text::{Piece, Text};
pub use value::{Node, Value, number_text, write_json};
pub use yaml::{MAX_DEPTH, MAX_NODES, MAX_TEMPLATE_BYTES, first_alias, read};
