//! One rule a file. How to write one: `docs/adding-a-rule.md`.

pub(crate) mod ip000;
pub(crate) mod ip001;
pub(crate) mod ip002;
pub(crate) mod ip003;
pub(crate) mod ip004;
pub(crate) mod ip005;
pub(crate) mod ip006;
pub(crate) mod ip007;
pub(crate) mod ip008;
pub(crate) mod ip009;
pub(crate) mod ip010;
pub(crate) mod ip011;
pub(crate) mod ip012;
pub(crate) mod ip013;
pub(crate) mod ip014;
pub(crate) mod ip015;
pub(crate) mod ip101;
pub(crate) mod ip102;
pub(crate) mod ip103;
pub(crate) mod ip104;
pub(crate) mod ip105;
