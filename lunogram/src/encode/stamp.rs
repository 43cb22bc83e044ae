//! The time at which an event was tracked, as a property: the API has no field for it, and queued
//! events arrive later.

use super::{Buffer, Writer, core};
use chrono::Utc;
use memchr::memmem;
use serde_json::Value;

/// The property with the time at which an event was tracked, for
/// [`QueueOptions::occurred_at`](crate::queue::QueueOptions).
#[derive(Debug)]
pub(crate) struct Stamp {
    name: String,
    /// `"name":`
    key: Buffer,
}

impl Stamp {
    pub(crate) fn new(name: String) -> Self {
        let mut key = Buffer::default();
        Writer::new(&mut key).string(&name);
        key.push(b':');
        Self { name, key }
    }

    /// Adds the property to an encoded event, unless the event has one of that name.
    pub(crate) fn put(&self, event: &mut Buffer) {
        let key = self.key.written();
        if memmem::find(event.written(), key).is_some() && self.is_in(event.written()) {
            return;
        }
        // The data is the last member of an event, if there is any.
        if event.written().ends_with(b"}}") {
            event.truncate(event.written().len() - 2);
            if event.last() != Some(b'{') {
                event.push(b',');
            }
        } else {
            event.truncate(event.written().len() - 1);
            event.extend_from_slice(b",\"data\":{");
        }
        event.extend_from_slice(key);
        core::append_time(event, Utc::now());
        event.extend_from_slice(b"}}");
    }

    /// Whether the event has the property. The bytes of the key alone could also be nested deeper,
    /// or within a string.
    #[cold]
    fn is_in(&self, event: &[u8]) -> bool {
        let event: Result<Value, _> = serde_json::from_slice(event);
        event.is_ok_and(|event| event["data"].get(&self.name).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use proptest::prelude::*;
    use serde_json::{Map, json};

    fn stamped(event: &Value, name: &str) -> Value {
        let mut bytes = Buffer::from(serde_json::to_vec(event).expect("valid JSON"));
        Stamp::new(name.to_owned()).put(&mut bytes);
        serde_json::from_slice(bytes.written()).expect("valid JSON")
    }

    proptest! {
        #[test]
        fn a_stamp_adds_the_timestamp_and_changes_nothing_else(
            name in "[a-c\"{}:]{1,3}",
            data in prop::collection::btree_map("[a-c\"{}:]{0,3}", prop_oneof![
                Just(json!("\"a\":")),
                Just(json!({"a": {"b": 1}, "c": {}})),
                Just(json!([{}])),
            ], 0..4),
        ) {
            // The same order of members as in the crate's own events.
            let mut event = Map::new();
            event.insert("identifier".to_owned(), json!([{"external_id": "u"}]));
            event.insert("name".to_owned(), json!("x"));
            event.insert("data".to_owned(), json!(data));
            let text = format!(
                r#"{{"identifier":{},"name":"x","data":{}}}"#, event["identifier"], event["data"]
            );
            let mut bytes = Buffer::from(text.into_bytes());
            Stamp::new(name.clone()).put(&mut bytes);
            let mut after: Value = serde_json::from_slice(bytes.written()).expect("valid JSON");
            if !data.contains_key(&name) {
                let moment = after["data"].as_object_mut().expect("an object").remove(&name);
                let moment = moment.expect("a timestamp");
                prop_assert!(DateTime::parse_from_rfc3339(moment.as_str().expect("text")).is_ok());
            }
            prop_assert_eq!(after, Value::Object(event));
        }
    }

    #[test]
    fn a_stamp_adds_data_to_an_event_without_data() {
        let bytes = json!({"name": "x"});
        assert!(stamped(&bytes, "at")["data"]["at"].is_string());
    }
}
