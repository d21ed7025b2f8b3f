//! What must hold for any bytes as a line of `rolecall simulate --batch`; the suite of the command line
//! runs it as well, on a bounded number of lines.

use rolecall::batch::Worker;
use serde_json::Value;

/// A line: it gets one line of JSON, a decision or an error that names the line, and the same decision
/// with a trace.
pub fn line(data: &[u8]) {
    let plain = answer(data, false);
    let traced = answer(data, true);
    assert_eq!(plain.get("error"), traced.get("error"));
    assert_eq!(plain.get("decision"), traced.get("decision"));
    assert_eq!(plain.get("blockedBy"), traced.get("blockedBy"));
    let is_error = plain.get("error").is_some();
    assert_ne!(is_error, plain.get("decision").is_some(), "one of the two");
    assert_eq!(is_error, plain.get("line") == Some(&Value::from(7)));
    assert_eq!(is_error, traced.get("trace").is_none());
}

fn answer(data: &[u8], trace: bool) -> Value {
    let mut out = Vec::new();
    let good = Worker::new(trace).answer(7, data, &mut out);
    assert_eq!(out.pop(), Some(b'\n'));
    assert!(!out.contains(&b'\n'), "one line");
    let answer: Value = serde_json::from_slice(&out).expect("JSON");
    assert_eq!(good, answer.get("error").is_none());
    answer
}
