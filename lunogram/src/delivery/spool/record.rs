//! How payloads and marks lie in a file: pure.
//!
//! A record is a mark byte, its kind, the length and the checksum of what follows, and that. The mark byte stands in no UTF-8
//! text, so where a record is damaged the next one is found again.

use std::ops::Range;

/// Begins each record.
const MARK: u8 = 0xFF;

/// Mark byte, kind, length, checksum.
const HEADER: usize = 1 + 1 + 4 + 4;

/// What a record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The first of each file: which format the file has.
    Format = 1,
    UserEvent = 2,
    OrganizationEvent = 3,
    User = 4,
    Organization = 5,
    /// Payloads, by where they begin, that are not to be sent again.
    Out = 6,
    /// Payloads that are to be sent, after all.
    Back = 7,
}

impl Kind {
    const ALL: [Self; 7] = [
        Self::Format,
        Self::UserEvent,
        Self::OrganizationEvent,
        Self::User,
        Self::Organization,
        Self::Out,
        Self::Back,
    ];

    fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// The bytes that a record of such a payload takes.
pub(super) fn size(payload: usize) -> usize {
    HEADER + payload
}

/// Appends a record; `None` where the payload is longer than a record can say.
pub(super) fn append(out: &mut Vec<u8>, kind: Kind, payload: &[u8]) -> Option<()> {
    let length = u32::try_from(payload.len()).ok()?.to_le_bytes();
    out.reserve(size(payload.len()));
    out.extend_from_slice(&[MARK, kind as u8]);
    out.extend_from_slice(&length);
    out.extend_from_slice(&checksum(kind, payload).to_le_bytes());
    out.extend_from_slice(payload);
    Some(())
}

fn checksum(kind: Kind, payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&[kind as u8]);
    hasher.update(payload);
    hasher.finalize()
}

/// Something in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Record {
        /// Where the record begins.
        start: usize,
        kind: Kind,
        payload: Range<usize>,
    },
    /// Bytes that are no record.
    Damage(Range<usize>),
}

/// Reads the records of a file; what is damaged is passed over up to the next one that is whole.
pub(super) fn scan(bytes: &[u8]) -> Scan<'_> {
    Scan { bytes, at: 0 }
}

/// See [`scan`].
#[derive(Debug)]
pub(super) struct Scan<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Iterator for Scan<'_> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        let start = self.at;
        if start >= self.bytes.len() {
            return None;
        }
        if let Some((kind, payload)) = whole(self.bytes, start) {
            self.at = payload.end;
            return Some(Found::Record {
                start,
                kind,
                payload,
            });
        }
        let behind = start + 1;
        let rest = self.bytes.get(behind..).unwrap_or_default();
        let next = memchr::memchr_iter(MARK, rest)
            .map(|distance| behind + distance)
            .find(|candidate| whole(self.bytes, *candidate).is_some());
        self.at = next.unwrap_or(self.bytes.len());
        Some(Found::Damage(start..self.at))
    }
}

/// The record that begins there, if it is one and its checksum is right.
fn whole(bytes: &[u8], start: usize) -> Option<(Kind, Range<usize>)> {
    let rest = bytes.get(start..)?;
    let ([MARK, kind], rest) = rest.split_first_chunk::<2>()? else {
        return None;
    };
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (sum, rest) = rest.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let kind = Kind::from_byte(*kind)?;
    let payload = rest.get(..length)?;
    let from = start + HEADER;
    (checksum(kind, payload) == u32::from_le_bytes(*sum)).then_some((kind, from..from + length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(payloads: &[String]) -> (Vec<u8>, Vec<Range<usize>>) {
        let mut bytes = Vec::new();
        let mut records = Vec::new();
        for payload in payloads {
            let start = bytes.len();
            append(&mut bytes, Kind::UserEvent, payload.as_bytes()).expect("it is short");
            assert_eq!(bytes.len() - start, size(payload.len()));
            records.push(start..bytes.len());
        }
        (bytes, records)
    }

    fn payloads_in(bytes: &[u8]) -> Vec<&[u8]> {
        scan(bytes)
            .filter_map(|found| match found {
                Found::Record { payload, .. } => bytes.get(payload),
                Found::Damage(_) => None,
            })
            .collect()
    }

    /// What the scan covers, without gaps or overlaps.
    fn assert_covered(bytes: &[u8]) {
        let mut at = 0;
        for found in scan(bytes) {
            let place = match found {
                Found::Record { start, payload, .. } => start..payload.end,
                Found::Damage(place) => place,
            };
            assert_eq!(place.start, at);
            assert!(place.end > at);
            at = place.end;
        }
        assert_eq!(at, bytes.len());
    }

    proptest! {
        #[test]
        fn a_flipped_bit_costs_the_record_that_it_is_in(
            payloads in prop::collection::vec("\\PC{0,40}", 1..12),
            at in any::<prop::sample::Index>(),
            bit in 0..8_u8,
        ) {
            let (mut bytes, records) = file(&payloads);
            prop_assert!(payloads_in(&bytes).into_iter().eq(payloads.iter().map(String::as_bytes)));
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            let rest = payloads.iter().zip(&records).filter(|(_, record)| !record.contains(&at));
            prop_assert!(payloads_in(&bytes).into_iter().eq(rest.map(|(payload, _)| payload.as_bytes())));
            assert_covered(&bytes);
        }

        #[test]
        fn a_cut_costs_what_is_behind_it(payloads in prop::collection::vec("\\PC{0,40}", 1..12), at in any::<prop::sample::Index>()) {
            let (mut bytes, records) = file(&payloads);
            let at = at.index(bytes.len());
            bytes.truncate(at);
            let rest = payloads.iter().zip(&records).filter(|(_, record)| record.end <= at);
            prop_assert!(payloads_in(&bytes).into_iter().eq(rest.map(|(payload, _)| payload.as_bytes())));
            assert_covered(&bytes);
        }

        #[test]
        fn anything_is_read_without_a_panic(bytes in prop::collection::vec(prop_oneof![Just(MARK), Just(2), Just(0), any::<u8>()], 0..80)) {
            assert_covered(&bytes);
        }
    }
}
