//! The time and the id of a tracked event, as properties: the API has no fields for them. Queued
//! events arrive later than they are tracked, and after a lost answer more than once.

use super::{Buffer, Writer, core, event_id};
use chrono::Utc;
use memchr::memmem;
use serde_json::Value;

/// The properties that every tracked event gets, for `occurred_at` and `event_id` of
/// [`QueueOptions`](crate::queue::QueueOptions).
#[derive(Debug)]
pub(crate) struct Stamp(Vec<Property>);

#[derive(Debug)]
struct Property {
    name: String,
    /// `"name":`
    key: Buffer,
    append_value: fn(&mut Buffer),
}

impl Stamp {
    /// `None` if there is no property to add. The time comes before the id, as it does in derived
    /// events.
    pub(crate) fn new(occurred_at: Option<&str>, event_id: Option<&str>) -> Option<Self> {
        let time = occurred_at.map(|name| Property::new(name, append_now));
        let id = event_id.map(|name| Property::new(name, append_new_id));
        let properties: Vec<_> = time.into_iter().chain(id).collect();
        (!properties.is_empty()).then_some(Self(properties))
    }

    /// Adds each property to an encoded event, unless the event has one of that name.
    pub(crate) fn put(&self, event: &mut Buffer) {
        for property in &self.0 {
            property.put(event);
        }
    }
}

fn append_now(out: &mut Buffer) {
    core::append_time(out, Utc::now());
}

fn append_new_id(out: &mut Buffer) {
    core::append_id(out, event_id::next());
}

impl Property {
    fn new(name: &str, append_value: fn(&mut Buffer)) -> Self {
        let mut key = Buffer::default();
        Writer::new(&mut key).string(name);
        key.push(b':');
        Self {
            name: name.to_owned(),
            key,
            append_value,
        }
    }

    fn put(&self, event: &mut Buffer) {
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
        (self.append_value)(event);
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
    use uuid::Uuid;

    fn stamped(event: &str, occurred_at: &str, event_id: &str) -> String {
        let mut bytes = Buffer::from(event.to_owned().into_bytes());
        let stamp = Stamp::new(Some(occurred_at), Some(event_id)).expect("two properties");
        stamp.put(&mut bytes);
        String::from_utf8(bytes.into_written()).expect("UTF-8")
    }

    proptest! {
        #[test]
        fn a_stamp_adds_its_properties_and_changes_nothing_else(
            occurred_at in "[a-c\"{}:]{1,3}",
            event_id in "[a-c\"{}:]{1,3}",
            data in prop::collection::btree_map("[a-c\"{}:]{0,3}", prop_oneof![
                Just(json!("\"a\":")),
                Just(json!({"a": {"b": 1}, "c": {}})),
                Just(json!([{}])),
            ], 0..4),
        ) {
            prop_assume!(occurred_at != event_id);
            // The same order of members as in the crate's own events.
            let mut event = Map::new();
            event.insert("identifier".to_owned(), json!([{"external_id": "u"}]));
            event.insert("name".to_owned(), json!("x"));
            event.insert("data".to_owned(), json!(data));
            let text = format!(
                r#"{{"identifier":{},"name":"x","data":{}}}"#, event["identifier"], event["data"]
            );
            let after = stamped(&text, &occurred_at, &event_id);
            let mut after: Value = serde_json::from_str(&after).expect("valid JSON");
            let mut added = |name: &String| {
                let data = after["data"].as_object_mut().expect("an object");
                let value = (!data_has(&event, name)).then(|| data.remove(name));
                value.map(|value| value.expect("the property").as_str().expect("text").to_owned())
            };
            if let Some(moment) = added(&occurred_at) {
                prop_assert!(DateTime::parse_from_rfc3339(&moment).is_ok());
            }
            if let Some(id) = added(&event_id) {
                prop_assert_eq!(Uuid::parse_str(&id).expect("a UUID").to_string(), id);
            }
            prop_assert_eq!(after, Value::Object(event));
        }
    }

    fn data_has(event: &Map<String, Value>, name: &str) -> bool {
        event["data"].get(name).is_some()
    }

    #[test]
    fn a_stamp_adds_data_to_an_event_without_data_with_the_time_before_the_id() {
        let event = stamped(r#"{"name":"x"}"#, "z", "a");
        assert!(event.starts_with(r#"{"name":"x","data":{"z":""#), "{event}");
        let after: Value = serde_json::from_str(&event).expect("valid JSON");
        assert!(
            event.ends_with(&format!(r#","a":{}}}}}"#, after["data"]["a"])),
            "{event}"
        );
    }

    #[test]
    fn without_names_there_is_no_stamp() {
        assert!(Stamp::new(None, None).is_none());
    }
}
