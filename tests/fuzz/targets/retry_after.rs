//! The header `Retry-After`: no wait is longer than a day.
#![no_main]

libfuzzer_sys::fuzz_target!(|header: &str| lunogram::fuzz::retry_after(header));
