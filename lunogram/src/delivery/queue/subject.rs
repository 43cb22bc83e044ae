//! The subject of an encoded payload, read from its first bytes, and the lane of a subject.

use lunogram_rules::json::string_length;
use serde::de::IgnoredAny;

/// The first bytes of every payload with identifiers.
const OPENING: &[u8] = b"{\"identifier\":[";

/// The first external id of a payload, as the bytes of its JSON string. Empty if the event has a
/// `match` instead of identifiers.
///
/// The source is ignored: if two sources use the same id, their subjects only share a lane.
pub(in crate::delivery) fn first(payload: &[u8]) -> &[u8] {
    payload
        .strip_prefix(OPENING)
        .and_then(external_id)
        .unwrap_or_default()
}

/// All external ids of an upsert.
pub(super) fn all(payload: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let Some(mut list) = payload.strip_prefix(OPENING) else {
        return found;
    };
    while let Some(id) = external_id(list) {
        found.push(id);
        // Metadata may follow the id, with nested objects.
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

/// The external id in `{"source":"…","external_id":"…"`, the order in which this crate encodes
/// identifiers. The source may be absent.
fn external_id(identifier: &[u8]) -> Option<&[u8]> {
    const SOURCE: &[u8] = b"{\"source\":";
    const BARE: &[u8] = b"{\"external_id\":";
    const AFTER_SOURCE: &[u8] = b",\"external_id\":";
    let id = if let Some(id) = identifier.strip_prefix(BARE) {
        id
    } else {
        let source = identifier.strip_prefix(SOURCE)?;
        source
            .get(string_length(source)?..)?
            .strip_prefix(AFTER_SOURCE)?
    };
    id.get(..string_length(id)?)
}

/// Hashes the bytes to a number below `buckets`. Deliberate collisions are harmless: they only make
/// subjects share a lane.
#[inline]
pub(super) fn bucket(bytes: &[u8], buckets: usize) -> usize {
    // Uses the upper bits, which depend on all bits of the input.
    let wide = u128::from(hash(bytes)) * buckets as u128;
    usize::try_from(wide >> 64).unwrap_or_default()
}

#[inline]
fn halves(bytes: &[u8; 16]) -> (u64, u64) {
    match bytes.as_chunks().0 {
        [half, other] => (u64::from_le_bytes(*half), u64::from_le_bytes(*other)),
        _ => (0, 0),
    }
}

#[inline]
fn hash(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut hash = bytes.len() as u64;
    let mut mix = |word: u64| hash = (hash.rotate_left(29) ^ word).wrapping_mul(FACTOR);
    // The last words may overlap the ones before them.
    if let (Some(first), Some(last)) = (bytes.first_chunk::<16>(), bytes.last_chunk::<16>()) {
        for end in [first, last] {
            let (half, other) = halves(end);
            mix(half);
            mix(other);
        }
        if let Some(middle) = bytes.get(16..bytes.len() - 16) {
            for word in middle.as_chunks().0 {
                mix(u64::from_le_bytes(*word));
            }
        }
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        mix(u64::from_le_bytes(*first));
        mix(u64::from_le_bytes(*last));
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let first = u64::from(u32::from_le_bytes(*first));
        mix(first << 32 | u64::from(u32::from_le_bytes(*last)));
    } else {
        for &byte in bytes {
            mix(u64::from(byte));
        }
    }
    (hash ^ (hash >> 32)).wrapping_mul(FACTOR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::{Buffer, Payload, Writer, append, encoded};
    use lunogram_core::{AnyTraits, Identifier, UpsertUserRequest};
    use proptest::prelude::*;
    use serde_json::json;

    fn upsert(ids: Vec<Identifier>) -> Vec<u8> {
        let request =
            UpsertUserRequest::new(ids).data(json!({"identifier": [{"external_id": "no"}]}));
        encoded(Payload::User, &|writer: &mut Writer| request.write(writer))
            .expect("a valid payload")
    }

    #[test]
    fn identifiers_are_found_next_to_sources_and_metadata() {
        let ids = vec![
            Identifier::new("a").metadata(json!({"external_id": "no", "x": [{}]})),
            Identifier::new("b}\"\\").source("s\"]"),
        ];
        let body = upsert(ids);
        let found: Vec<_> = all(&body)
            .into_iter()
            .map(String::from_utf8_lossy)
            .collect();
        assert_eq!(found, [r#""a""#, r#""b}\"\\""#]);
        assert_eq!(first(&body), found[0].as_bytes());
        assert_eq!(first(br#"{"match":{"a":1},"name":"x"}"#), b"");
    }

    #[test]
    fn ids_are_spread_evenly_over_the_buckets() {
        for prefix in ["", "user_", "0197f8a2-7c1e-7000-8000-"] {
            let mut counts = [0; 8];
            for id in 0..8_000 {
                let id = format!("\"{prefix}{id}\"");
                counts[bucket(id.as_bytes(), counts.len())] += 1;
            }
            assert!(
                counts.iter().all(|count| (700..1_300).contains(count)),
                "{counts:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn the_subject_recorded_by_the_writer_equals_the_parsed_one(id in "\\PC{0,19}[a-z]", other: Option<u64>, sourced: bool) {
            let around = if sourced {
                &["{\"identifier\":[{\"source\":\"a\\\"b\",\"external_id\":", ""]
            } else {
                &["{\"identifier\":[{\"external_id\":", ""]
            };
            let mut out = Buffer::default();
            let subject = append(&mut out, &|writer: &mut Writer| {
                writer.first_identifier(around, id.as_str());
                writer.identifier(&["{\"source\":\"b\",\"external_id\":", ""], &other);
                writer.end_identifiers("}],\"name\":\"x\",\"data\":{");
            });
            let subject = subject.expect("a valid payload");
            prop_assert_eq!(&out.written()[subject], first(out.written()));
        }

        #[test]
        fn the_position_of_an_identifier_does_not_change_its_lane(id in "\\PC{0,19}[a-z]", source in "[a-z]\\PC{0,18}[a-z]", other in "[a-z]{1,9}") {
            let id = || Identifier::new(id.as_str()).source(source.as_str());
            let one = upsert(vec![id()]);
            let two = upsert(vec![Identifier::new(other.as_str()), id()]);
            prop_assert_eq!(all(&one), [first(&one)]);
            prop_assert_eq!(all(&two)[1], first(&one));
            prop_assert_eq!(bucket(all(&two)[1], 8), bucket(first(&one), 8));
        }

        #[test]
        fn any_bytes_are_parsed_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = (first(&bytes), all(&bytes));
            prop_assert!(bucket(&bytes, 8) < 8);
            let _ = all(&[OPENING, &bytes].concat());
        }
    }
}
