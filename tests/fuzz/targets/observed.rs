//! Parses the schemas that a server has observed.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| lunogram::fuzz::observed(body));
