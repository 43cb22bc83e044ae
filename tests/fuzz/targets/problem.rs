//! Bodies of error responses: the texts contain neither the key nor line breaks.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| lunogram::fuzz::problem(body));
