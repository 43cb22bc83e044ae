//! Text that people typed in: what a rule takes is the same afterwards, and keeps the rule.
#![no_main]

use lunogram::values::{
    Email, EventName, Interval, Locale, Phone, ScheduleName, SubjectId, TimeZone, Violation,
};
use std::fmt::Debug;
use std::str::FromStr;

libfuzzer_sys::fuzz_target!(|text: &str| {
    is_kept::<Email>(text);
    is_kept::<EventName>(text);
    is_kept::<Interval>(text);
    is_kept::<Locale>(text);
    is_kept::<Phone>(text);
    is_kept::<ScheduleName>(text);
    is_kept::<SubjectId>(text);
    is_kept::<TimeZone>(text);
});

fn is_kept<T: FromStr<Err = Violation> + ToString + PartialEq + Debug>(text: &str) {
    match text.parse::<T>() {
        Ok(value) => {
            assert_eq!(value.to_string(), text);
            assert_eq!(text.parse(), Ok(value));
        }
        Err(violation) => assert!(!violation.to_string().is_empty()),
    }
}
