//! Intervals: a valid interval is positive, so it contains a digit other than zero.
#![no_main]

use lunogram_rules::interval;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if interval::check(text).is_ok() {
        assert!(text.contains(|letter| ('1'..='9').contains(&letter)), "{text:?}");
    }
});
