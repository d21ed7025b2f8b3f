#![no_main]

#[path = "../src/metadata.rs"]
mod metadata;

libfuzzer_sys::fuzz_target!(|data: &[u8]| metadata::metadata(data));
