//! Whom an encoded payload is about, read from its first bytes.

use memchr::memchr2;
use serde::de::IgnoredAny;

/// How every payload with identifiers begins.
const OPENING: &[u8] = b"{\"identifier\":[";

/// The first identifier of an event, from its source to its external id; nothing where the event has a `match`.
pub(super) fn first(payload: &[u8]) -> &[u8] {
    payload
        .strip_prefix(OPENING)
        .and_then(|list| list.get(..identifier(list)?))
        .unwrap_or_default()
}

/// All identifiers of an upsert.
pub(super) fn all(payload: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let Some(mut list) = payload.strip_prefix(OPENING) else {
        return found;
    };
    while let Some(end) = identifier(list) {
        found.extend(list.get(..end));
        // Metadata may stand behind it, with objects of its own.
        let mut values = serde_json::Deserializer::from_slice(list).into_iter::<IgnoredAny>();
        if !matches!(values.next(), Some(Ok(_))) {
            break;
        }
        match list
            .get(values.byte_offset()..)
            .and_then(<[u8]>::split_first)
        {
            Some((b',', rest)) => list = rest,
            _ => break,
        }
    }
    found
}

/// Where the external id ends in `{"source":"…","external_id":"…"`, which is how identifiers are written here.
fn identifier(object: &[u8]) -> Option<usize> {
    const SOURCE: &[u8] = b"{\"source\":";
    const BARE: &[u8] = b"{\"external_id\":";
    const BEHIND: &[u8] = b",\"external_id\":";
    let mut at = BARE.len();
    if !object.starts_with(BARE) {
        at = SOURCE.len() + string(object.strip_prefix(SOURCE)?)? + BEHIND.len();
    }
    Some(at + string(object.get(at..)?)?)
}

/// The length of the JSON string that `text` begins with.
#[inline]
fn string(text: &[u8]) -> Option<usize> {
    if text.first() != Some(&b'"') {
        return None;
    }
    let mut at = 1;
    loop {
        let rest = text.get(at..)?;
        at += memchr2(b'"', b'\\', rest)?;
        if text.get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        // What is escaped ends nothing.
        at += 2;
    }
}

/// A number that is the same for the same bytes, and otherwise most likely another. Whoever chooses ids so that they
/// collide gains that they share a lane.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut hash = bytes.len() as u64;
    let mut mix = |word: u64| hash = (hash.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        mix(u64::from_le_bytes(*word));
    }
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    mix(u64::from_le_bytes(last));
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::{Writer, encoded};
    use crate::model::{ExternalId, UpsertUserRequest};
    use crate::problem::Payload;
    use crate::typed::UserTraits;
    use proptest::prelude::*;
    use serde_json::json;

    fn upsert(ids: Vec<ExternalId>) -> Vec<u8> {
        let request =
            UpsertUserRequest::new(ids).data(json!({"identifier": [{"external_id": "no"}]}));
        encoded(Payload::User, &|writer: &mut Writer| request.encode(writer)).expect("it is right")
    }

    #[test]
    fn identifiers_are_found_with_and_without_what_stands_beside_them() {
        let ids = vec![
            ExternalId::new("a").metadata(&json!({"external_id": "no", "x": [{}]})),
            ExternalId::new("b}\"\\").source("s\"]"),
        ];
        let body = upsert(ids);
        let found: Vec<_> = all(&body)
            .into_iter()
            .map(String::from_utf8_lossy)
            .collect();
        assert_eq!(
            found,
            [
                r#"{"external_id":"a""#,
                r#"{"source":"s\"]","external_id":"b}\"\\""#
            ]
        );
        assert_eq!(first(&body), found[0].as_bytes());
        assert_eq!(first(br#"{"match":{"a":1},"name":"x"}"#), b"");
    }

    proptest! {
        #[test]
        fn a_subject_is_the_same_wherever_it_is_named(id in "\\PC{1,20}", source in "\\PC{1,20}", other in "[a-z]{1,9}") {
            let id = || ExternalId::new(id.as_str()).source(source.as_str());
            let one = upsert(vec![id()]);
            let two = upsert(vec![ExternalId::new(other.as_str()), id()]);
            prop_assert_eq!(all(&one), [first(&one)]);
            prop_assert_eq!(all(&two)[1], first(&one));
            prop_assert_eq!(hash(all(&two)[1]), hash(first(&one)));
        }

        #[test]
        fn anything_is_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = (first(&bytes), all(&bytes), hash(&bytes));
            let _ = all(&[OPENING, &bytes].concat());
        }
    }
}
