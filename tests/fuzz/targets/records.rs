//! Files of a spool: records and damage cover them in order, and a record is written as it was read.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lunogram::fuzz::records(bytes));
