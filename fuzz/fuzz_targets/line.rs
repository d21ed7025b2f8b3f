#![no_main]

#[path = "../src/line.rs"]
mod line;

libfuzzer_sys::fuzz_target!(|data: &[u8]| line::line(data));
