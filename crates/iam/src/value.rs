//! The typed values that condition operators compare.

pub mod binary;
pub mod date;
pub mod decimal;
pub mod ip;
