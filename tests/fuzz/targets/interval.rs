//! Intervals: one that is longer than nothing says so by a digit.
#![no_main]

use lunogram_rules::interval;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if interval::check(text).is_ok() {
        assert!(text.contains(|letter| ('1'..='9').contains(&letter)), "{text:?}");
    }
});
