//! Validated texts: a text that a rule accepts is kept unchanged, and is accepted again.
#![no_main]

use lunogram::values::{
    Email, EventName, ExternalId, Interval, Locale, Phone, ScheduleName, TimeZone, Violation,
};
use std::fmt::Debug;
use std::str::FromStr;

libfuzzer_sys::fuzz_target!(|text: &str| {
    round_trips::<Email>(text);
    round_trips::<EventName>(text);
    round_trips::<Interval>(text);
    round_trips::<Locale>(text);
    round_trips::<Phone>(text);
    round_trips::<ScheduleName>(text);
    round_trips::<ExternalId>(text);
    round_trips::<TimeZone>(text);
});

fn round_trips<T: FromStr<Err = Violation> + ToString + PartialEq + Debug>(text: &str) {
    match text.parse::<T>() {
        Ok(value) => {
            assert_eq!(value.to_string(), text);
            assert_eq!(text.parse(), Ok(value));
        }
        Err(violation) => assert!(!violation.to_string().is_empty()),
    }
}
