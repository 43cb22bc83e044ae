//! The JSON reader of the derives accepts everything that serde_json accepts, with the same result.
#![no_main]

use lunogram_rules::json::Json;
use serde_json::Value;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let ours = Json::read(text);
    if let Ok(theirs) = serde_json::from_str::<Value>(text)
        && depth(&theirs) < 100
    {
        let ours = ours.unwrap_or_else(|damage| panic!("{damage:?}: {text:?}"));
        // `ours` keeps repeated keys, and serde_json keeps the last one: parse the output again.
        if let Ok(again) = serde_json::from_str::<Value>(&ours.whole_line()) {
            assert_eq!(again, theirs, "{text:?}");
        } else {
            panic!("the output is not JSON: {}", ours.whole_line());
        }
    }
});

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}
