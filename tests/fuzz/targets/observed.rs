//! What a server tells of the schemas that it has observed.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| lunogram::fuzz::observed(body));
