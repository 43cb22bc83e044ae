//! Parses the bodies of error responses.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| lunogram::fuzz::problem(body));
