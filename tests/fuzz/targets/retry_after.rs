//! Parses the header `Retry-After`.
#![no_main]

libfuzzer_sys::fuzz_target!(|header: &str| lunogram::fuzz::retry_after(header));
