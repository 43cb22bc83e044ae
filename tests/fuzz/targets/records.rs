//! Files of a spool: records and damage cover them in order, and writing a record again gives its
//! bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lunogram::fuzz::records(bytes));
