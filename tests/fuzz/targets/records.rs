//! Reads the files of a spool.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lunogram::fuzz::records(bytes));
