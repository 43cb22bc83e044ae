//! The tracking plan: writing a plan and parsing it again gives an equal plan.
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
