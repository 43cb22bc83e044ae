//! Schemas that a server has observed: no path of a property is empty.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| lunogram::fuzz::observed(body));
