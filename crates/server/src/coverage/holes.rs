//! Operations that are not held to the coverage test, each with the reason. The list is to stay empty.

pub(super) const LIST: &[&str] = &[
    // It demands nothing of its own: each object that it names is authorized by itself, as `DeleteObject`, and a
    // denial is an entry of an answer that succeeds. The tests of `s3` hold it to that.
    "s3:DeleteObjects",
];
