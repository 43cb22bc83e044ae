//! Merges waiting upserts of one subject into one request, by the rules of the server: a column
//! that is absent or `null` keeps its value, and each key of the data replaces the stored key.

use super::{entries, member};

/// Whether two upserts are about the same subject and can be merged. Both name the same single
/// identifier: with several, the lanes of the others keep the order of events between the two.
/// Metadata is merged by other rules.
pub(in crate::delivery) fn can_merge(one: &[u8], next: &[u8]) -> bool {
    let identifier = |body| {
        let identifiers = member(text(body), "identifier")?;
        let mut all = entries(identifiers);
        let (_, only) = all.next()?;
        let is_single = all.next().is_none() && member(only, "metadata").is_none();
        is_single.then_some(identifiers)
    };
    let has_data = |body| member(text(body), "data").is_none_or(|data| data.starts_with('{'));
    identifier(one).is_some_and(|same| identifier(next) == Some(same))
        && has_data(one)
        && has_data(next)
}

/// The body of one request that does what the requests with these bodies do, one after the other.
pub(in crate::delivery) fn merged<'b>(bodies: impl IntoIterator<Item = &'b [u8]>) -> Vec<u8> {
    let mut columns: Vec<(&str, &str)> = Vec::new();
    let mut data: Vec<(&str, &str)> = Vec::new();
    for body in bodies {
        let all = entries(text(body));
        replace(
            &mut columns,
            all.filter(|(key, value)| *key != "data" && *value != "null"),
        );
        let own = member(text(body), "data").unwrap_or_default();
        replace(&mut data, entries(own));
    }
    let mut out = String::from("{");
    write(&mut out, &columns);
    if !data.is_empty() {
        out.push_str(",\"data\":{");
        write(&mut out, &data);
        out.push('}');
    }
    out.push('}');
    out.into_bytes()
}

/// Adds entries after those with other keys. Of two spellings of one key, the last one counts.
fn replace<'b>(
    all: &mut Vec<(&'b str, &'b str)>,
    entries: impl Iterator<Item = (&'b str, &'b str)>,
) {
    let new: Vec<_> = entries.collect();
    all.retain(|(key, _)| new.iter().all(|(other, _)| key != other));
    all.extend(new);
}

fn write(out: &mut String, entries: &[(&str, &str)]) {
    for (index, (key, value)) in entries.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.extend(["\"", key, "\":", value]);
    }
}

fn text(body: &[u8]) -> &str {
    std::str::from_utf8(body).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    fn body(upsert: &Value) -> Vec<u8> {
        upsert.to_string().into_bytes()
    }

    #[test]
    fn only_upserts_of_one_identifier_without_metadata_are_merged() {
        let a = json!([{"external_id": "a"}]);
        let one = body(&json!({"identifier": a, "data": {"x": 1}}));
        for (identifier, expected) in [
            (a.clone(), true),
            (json!([{"external_id": "b"}]), false),
            (json!([{"source": "s", "external_id": "a"}]), false),
            (json!([{"external_id": "a", "metadata": {}}]), false),
            (json!([{"external_id": "a"}, {"external_id": "b"}]), false),
            (json!([]), false),
        ] {
            let next = body(&json!({"identifier": identifier, "email": "a@b.nl"}));
            assert_eq!(can_merge(&one, &next), expected, "{identifier}");
            let is_mergeable = can_merge(&next, &next);
            assert_eq!(
                is_mergeable,
                identifier
                    .as_array()
                    .is_some_and(|all| all.len() == 1 && all[0].get("metadata").is_none())
            );
        }
        let odd = body(&json!({"identifier": a, "data": null}));
        assert!(!can_merge(&one, &odd) && !can_merge(&odd, &one) && !can_merge(b"", b""));
    }

    fn upsert() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            Just(None),
            Just(Some(Value::Null)),
            "[a-z]{1,3}".prop_map(|text| Some(json!(text)))
        ];
        let data = prop::collection::vec(
            (
                "[a-c]",
                prop_oneof![
                    Just(json!(null)),
                    any::<i32>().prop_map(|n| json!(n)),
                    Just(json!({"n": [1, {"a": "}"}]}))
                ],
            ),
            0..4,
        );
        (prop::collection::vec(text, 2), prop::option::of(data)).prop_map(|(columns, data)| {
            let mut upsert = Map::new();
            upsert.insert("identifier".into(), json!([{"external_id": "a"}]));
            for (name, value) in ["timezone", "locale"].into_iter().zip(columns) {
                if let Some(value) = value {
                    upsert.insert(name.into(), value);
                }
            }
            if let Some(data) = data {
                upsert.insert("data".into(), Value::Object(data.into_iter().collect()));
            }
            Value::Object(upsert)
        })
    }

    /// The columns and the data that the server stores after these requests.
    fn stored(requests: &[Vec<u8>]) -> (Map<String, Value>, Map<String, Value>) {
        let (mut columns, mut data) = (Map::new(), Map::new());
        for request in requests {
            let mut upsert: Map<String, Value> = serde_json::from_slice(request).expect("JSON");
            if let Some(Value::Object(own)) = upsert.remove("data") {
                data.extend(own);
            }
            columns.extend(upsert.into_iter().filter(|(_, value)| !value.is_null()));
        }
        (columns, data)
    }

    proptest! {
        #[test]
        fn the_server_stores_the_same_after_one_request_as_after_all(
            upserts in prop::collection::vec(upsert(), 1..5),
        ) {
            let bodies: Vec<_> = upserts.iter().map(body).collect();
            let one = merged(bodies.iter().map(|body| &body[..]));
            prop_assert_eq!(stored(&[one]), stored(&bodies));
        }
    }
}
