#![no_main]

#[path = "../src/s3.rs"]
mod s3;

libfuzzer_sys::fuzz_target!(|data: &[u8]| s3::s3(data));
