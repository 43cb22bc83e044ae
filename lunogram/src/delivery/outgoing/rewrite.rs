//! Writes a payload that the hook has changed. Values that are equal to the encoded ones keep their
//! bytes: parsing and writing them again could change the digits of a float or the order of keys.

use super::{Column, Outgoing, entries, member, text};
use crate::encode::{Buffer, Writer};
use lunogram_core::Problem;
use lunogram_rules::json::unescaped;
use lunogram_rules::nesting;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The payload with the hook's changes.
///
/// # Errors
/// Every problem of the changed values.
pub(super) fn payload(outgoing: &Outgoing<'_>) -> Result<Vec<u8>, Vec<Problem>> {
    let mut out = Buffer::default();
    let mut writer = Writer::new(&mut out);
    let mut data = outgoing.changed_data.as_ref().map(|data| &data.map);
    writer.literal("{");
    for (key, json) in entries(outgoing.json) {
        if let ("data", Some(changed)) = (key, data) {
            write_key(&mut writer, key);
            object(&mut writer, json, changed);
            data = None;
            continue;
        }
        let column = column(outgoing, key);
        match column.map(|column| (column, outgoing.column(column))) {
            Some((_, None)) => {}
            Some((column, Some(value))) if value != text(json) => column.write(&mut writer, value),
            _ => {
                write_key(&mut writer, key);
                writer.raw(json.as_bytes());
            }
        }
    }
    // The payload had no data.
    if let Some(added) = data.filter(|data| !data.is_empty()) {
        write_key(&mut writer, "data");
        object(&mut writer, "{}", added);
    }
    writer.literal("}");
    // A changed value can be at any depth.
    writer.check_paths();
    writer.finish()?;
    check_levels(out.written())?;
    Ok(out.into_written())
}

/// Checks the levels of the data: a value that the hook has put into it does not know its own.
fn check_levels(payload: &[u8]) -> Result<(), Vec<Problem>> {
    let payload = std::str::from_utf8(payload).unwrap_or_default();
    match member(payload, "data") {
        Some(data) if nesting::levels(data.as_bytes()) > nesting::MAX_LEVELS => {
            Err(vec![Problem::new("data", nesting::too_deep())])
        }
        _ => Ok(()),
    }
}

/// The column in this member, if the hook has changed a column, which only traits have.
fn column(outgoing: &Outgoing<'_>, key: &str) -> Option<Column> {
    if !outgoing.changed_columns {
        return None;
    }
    Column::all().find(|column| column.as_str() == key)
}

fn value(writer: &mut Writer<'_>, json: &str, changed: &Value) {
    if serde_json::from_str::<Value>(json).is_ok_and(|encoded| encoded == *changed) {
        writer.raw(json.as_bytes());
        return;
    }
    match changed {
        Value::Object(changed) if json.starts_with('{') => object(writer, json, changed),
        Value::Array(changed) if json.starts_with('[') => array(writer, json, changed),
        changed => writer.property_or_null("", changed),
    }
}

/// Writes the entries in their encoded order, and then those that the hook has added.
fn object(writer: &mut Writer<'_>, json: &str, changed: &Map<String, Value>) {
    let mut written = BTreeSet::new();
    writer.literal("{");
    for (key, json) in entries(json) {
        let name = unescaped(key);
        if let Some(changed) = changed.get(&*name)
            && written.insert(name)
        {
            write_key(writer, key);
            value(writer, json, changed);
        }
    }
    for (key, added) in changed {
        if !written.contains(&**key) {
            separate(writer);
            writer.string(key);
            writer.literal(":");
            writer.property_or_null("", added);
        }
    }
    writer.literal("}");
}

fn array(writer: &mut Writer<'_>, json: &str, changed: &[Value]) {
    let mut encoded = entries(json).map(|(_, json)| json);
    writer.literal("[");
    for changed in changed {
        separate(writer);
        match encoded.next() {
            Some(json) => value(writer, json, changed),
            None => writer.property_or_null("", changed),
        }
    }
    writer.literal("]");
}

fn separate(writer: &mut Writer<'_>) {
    if !matches!(writer.last_byte(), Some(b'{' | b'[')) {
        writer.literal(",");
    }
}

/// Writes a key that is escaped already.
fn write_key(writer: &mut Writer<'_>, key: &str) {
    separate(writer);
    writer.literal("\"");
    writer.raw(key.as_bytes());
    writer.literal("\":");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::outgoing::OutgoingKind;
    use crate::wire::SubjectKind;
    use lunogram_rules::ProblemKind;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-3_i64..4).prop_map(Value::from),
            any::<i32>().prop_map(|number| Value::from(f64::from(number) / 1e3)),
            "[a\"\\\\é]{0,3}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                map_of(inner).prop_map(Value::from),
            ]
        })
    }

    fn map_of(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
        let entries = prop::collection::vec(("[ab\"]{0,2}", value), 0..4);
        entries.prop_map(|entries| entries.into_iter().collect())
    }

    /// The data with white space and in reverse order, which only the original bytes have.
    fn spaced(data: &Map<String, Value>) -> String {
        let entry = |(key, value)| format!("{} :  {value}", Value::from(key));
        let entries: Vec<_> = data.clone().into_iter().rev().map(entry).collect();
        format!("{{ {} }}", entries.join(" , "))
    }

    fn rewritten(json: &str, change: impl FnOnce(&mut Outgoing<'_>)) -> String {
        let mut outgoing = Outgoing::new(OutgoingKind::Traits, SubjectKind::User, json);
        change(&mut outgoing);
        let changed = outgoing.finish().expect("valid values");
        let changed = changed.map(|json| String::from_utf8(json).expect("UTF-8"));
        changed.unwrap_or_else(|| json.to_owned())
    }

    #[test]
    fn data_that_cannot_be_read_is_not_sent_after_the_hook_asked_for_it() {
        let json = r#"{"name":"a","data":{"a":}}"#;
        let payload = || Outgoing::new(OutgoingKind::Event, SubjectKind::User, json);
        assert!(payload().finish().is_ok_and(|changed| changed.is_none()));
        let read = payload();
        assert!(read.data().is_empty());
        let invalid = read.finish().expect_err("a problem");
        assert_eq!(invalid.problems()[0].kind(), ProblemKind::Unserializable);
    }

    proptest! {
        #[test]
        fn the_changed_data_is_sent(before in map_of(value()), after in map_of(value())) {
            let identifier = r#"{"identifier":[{"external_id":"u"}]"#;
            let json = format!(r#"{identifier},"email":"a@b.c","data":{}}}"#, spaced(&before));
            let unchanged = rewritten(&json, |outgoing| {
                let data = outgoing.data_mut();
                *data = data.clone();
                outgoing.replace_column(Column::Email, "a@b.c");
            });
            // Only the white space between the entries is not kept.
            let compact = |json: &str| json.replace(" , ", ",").replace(" :  ", ":");
            prop_assert_eq!(compact(&unchanged), compact(&json).replace("{ ", "{").replace(" }", "}"));

            let json = rewritten(&json, |outgoing| {
                *outgoing.data_mut() = after.clone();
                outgoing.remove_column(Column::Email);
            });
            prop_assert!(json.starts_with(identifier));
            let sent: Value = serde_json::from_str(&json).expect("valid JSON");
            prop_assert_eq!(&sent["data"], &Value::from(after));
            prop_assert_eq!(sent.as_object().map(Map::len), Some(2));
        }
    }
}
