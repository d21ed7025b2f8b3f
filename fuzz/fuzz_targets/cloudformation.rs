#![no_main]

#[path = "../src/code.rs"]
mod code;

libfuzzer_sys::fuzz_target!(|data: &[u8]| code::code("template.yaml", data));
