//! The JSON of answers that say yes.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| lunogram::fuzz::answer(body));
