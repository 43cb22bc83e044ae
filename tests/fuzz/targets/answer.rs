//! Parsing a successful response never panics.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| lunogram::fuzz::answer(body));
