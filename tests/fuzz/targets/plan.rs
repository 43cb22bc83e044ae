//! The tracking plan: a plan that is written and parsed again is the same.
#![no_main]

use lunogram::plan::Plan;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(plan) = text.parse::<Plan>() {
        let written = plan.to_string();
        let again: Plan = written.parse().unwrap_or_else(|error| panic!("{error}: {written}"));
        assert_eq!(again.to_string(), written);
        assert!(plan.changes(&again).is_empty(), "{written}");
    }
});
