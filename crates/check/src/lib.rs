//! The mistakes of this chain, one rule a file.
