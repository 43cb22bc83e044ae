//! The spool's file format: a table of its bytes, and the functions that write and read records.
//! Pure.
//!
//! A spool is a folder. Its files, where `N` is the number of a volume in ten decimal digits:
//!
//! | file | contents |
//! |---|---|
//! | `lock` | empty; the client that uses the folder locks it and, on Unix, the folder |
//! | `project` | the host and the project that the payloads are for, as text; no key |
//! | `reserve` | random bytes that keep room for acknowledgements: deleted when the disk is full |
//! | `N.log` | a volume: a format record, then payload records; about 4 MiB |
//! | `N.acks` | the acknowledgements of volume `N`: ack and unack records; absent without any |
//! | `deletions` | deletions of users and organizations that still matter; absent without any |
//! | `N.damaged` | a volume with damage, renamed after its readable payloads were settled |
//!
//! `N.log`, `deletions`, `project` and `reserve` are created under their name with `.new` after
//! it, and renamed when they are complete, so a log of length zero is damage. Volumes are numbered
//! from 1 in the order in which they were created. Files are only appended to, except `project`,
//! which is replaced, and a log most of whose payloads are settled while all logs take more than
//! the bound: it is replaced by one that has the others only, as moved records, which keep the
//! offsets that acknowledgements have. A volume
//! and its acknowledgements are deleted when all of its payloads are settled, and `deletions` when
//! it has no deletion that still matters.
//!
//! `N.log`, `N.acks` and `deletions` are sequences of records without padding. One record:
//!
//! | offset | size | meaning |
//! |---|---|---|
//! | 0 | 1 | marker `FF`, which no UTF-8 text contains: after damage, it starts the next record |
//! | 1 | 1 | kind, see below |
//! | 2 | 4 | length *n* of the body, little-endian |
//! | 6 | 4 | CRC-32 (IEEE) of the kind byte and the body, little-endian |
//! | 10 | *n* | body |
//!
//! | kind | file | body |
//! |---|---|---|
//! | 1 format | `.log` and `deletions`, first record | the text `lunogram spool 1` |
//! | 2 user event | `.log` | the event as JSON |
//! | 3 organization event | `.log` | the event as JSON |
//! | 4 user | `.log` | the upsert as JSON |
//! | 5 organization | `.log` | the upsert as JSON |
//! | 6 ack | `.acks` | offsets in `N.log`, 4 bytes each, little-endian: do not send these again |
//! | 7 unack | `.acks` | offsets as for ack: these were not sent, so send them again |
//! | 8, 9, 10, 11 | `.log` | as 2, 3, 4, 5, but what `before_send` has left of the payload |
//! | 12, 13 | `deletions` | the request as JSON: a user or an organization is being deleted |
//! | 14, 15 | `deletions` | the request as JSON: all its deletions are settled |
//! | 16, 17 | `deletions` | volume, offset, each as in an ack; then as 12, 13: it was deleted |
//! | 18 moved | `.log` | offset as in an ack, kind, body: a record that was at this offset |
//!
//! Payloads about a deleted user or organization before the position in its record are not sent.
//! Acks and unacks apply in the order in which they were written.

use std::ops::Range;

/// The body of the format record.
pub(super) const FORMAT: &[u8] = b"lunogram spool 1";

/// First byte of each record.
const MARKER: u8 = 0xFF;

/// Size of a record without its body: marker, kind, length, checksum.
const HEADER: usize = 1 + 1 + 4 + 4;

/// The kind of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Format = 1,
    UserEvent = 2,
    OrganizationEvent = 3,
    User = 4,
    Organization = 5,
    Ack = 6,
    Unack = 7,
    ShownUserEvent = 8,
    ShownOrganizationEvent = 9,
    ShownUser = 10,
    ShownOrganization = 11,
    DeletingUser = 12,
    DeletingOrganization = 13,
    SettledUser = 14,
    SettledOrganization = 15,
    DeletedUser = 16,
    DeletedOrganization = 17,
    Moved = 18,
}

impl Kind {
    const ALL: [Self; 18] = [
        Self::Format,
        Self::UserEvent,
        Self::OrganizationEvent,
        Self::User,
        Self::Organization,
        Self::Ack,
        Self::Unack,
        Self::ShownUserEvent,
        Self::ShownOrganizationEvent,
        Self::ShownUser,
        Self::ShownOrganization,
        Self::DeletingUser,
        Self::DeletingOrganization,
        Self::SettledUser,
        Self::SettledOrganization,
        Self::DeletedUser,
        Self::DeletedOrganization,
        Self::Moved,
    ];

    fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// The size of a record whose body has this length.
pub(super) fn size(body: usize) -> usize {
    HEADER + body
}

/// The offset of a record as ack records store it. Saturates, but volumes stay far below 4 GiB.
pub(super) fn offset(start: usize) -> u32 {
    u32::try_from(start).unwrap_or(u32::MAX)
}

/// Appends a record to `out`. Returns `None` if the body is longer than the length field can hold.
pub(super) fn append(out: &mut Vec<u8>, kind: Kind, body: &[u8]) -> Option<()> {
    let length = u32::try_from(body.len()).ok()?.to_le_bytes();
    out.reserve(size(body.len()));
    out.extend_from_slice(&[MARKER, kind as u8]);
    out.extend_from_slice(&length);
    out.extend_from_slice(&checksum(kind, body).to_le_bytes());
    out.extend_from_slice(body);
    Some(())
}

/// Size of the body of a moved record before that of the record itself: its offset and its kind.
const MOVED: usize = 4 + 1;

/// Appends a record that was at another offset.
pub(super) fn append_moved(out: &mut Vec<u8>, offset: u32, kind: Kind, body: &[u8]) -> Option<()> {
    let moved = [&offset.to_le_bytes(), &[kind as u8][..], body].concat();
    append(out, Kind::Moved, &moved)
}

/// Whether a log has moved records, by its first bytes, at least [`MOVED_START`] of them.
pub(super) fn is_moved(start: &[u8]) -> bool {
    start.get(size(FORMAT.len()) + 1) == Some(&(Kind::Moved as u8))
}

/// Size of the start of a log that [`is_moved`] needs.
pub(super) const MOVED_START: usize = HEADER + FORMAT.len() + 2;

/// A payload in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Payload {
    /// The offset at which it was written.
    pub(super) offset: u32,
    pub(super) kind: Kind,
    pub(super) body: Range<usize>,
}

impl Payload {
    /// The offset at which the next payload was written.
    pub(super) fn end(&self) -> u64 {
        u64::from(self.offset) + size(self.body.len()) as u64
    }
}

/// The payloads of a part of a log that starts at this offset.
pub(super) fn payloads(bytes: &[u8], from: u64) -> impl Iterator<Item = Payload> {
    scan(bytes).filter_map(move |found| {
        let Found::Record { start, kind, body } = found else {
            return None;
        };
        match kind {
            Kind::Format => None,
            Kind::Moved => {
                let (offset, rest) = bytes.get(body.clone())?.split_first_chunk()?;
                Some(Payload {
                    offset: u32::from_le_bytes(*offset),
                    kind: Kind::from_byte(*rest.first()?)?,
                    body: body.start + MOVED..body.end,
                })
            }
            kind => Some(Payload {
                offset: offset(usize::try_from(from).ok()? + start),
                kind,
                body,
            }),
        }
    })
}

/// The first record of a log, and of the file of deletions.
pub(super) fn first_record() -> Vec<u8> {
    let mut record = Vec::new();
    // The body is short enough.
    let _ = append(&mut record, Kind::Format, FORMAT);
    record
}

fn checksum(kind: Kind, body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&[kind as u8]);
    hasher.update(body);
    hasher.finalize()
}

/// A region of a file: together they cover it without gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Record {
        /// Offset of the record's marker.
        start: usize,
        kind: Kind,
        body: Range<usize>,
    },
    /// Bytes that do not form a record.
    Damage(Range<usize>),
}

/// Reads the records of a file. Damage is skipped up to the next record with a correct checksum.
pub(super) fn scan(bytes: &[u8]) -> Scan<'_> {
    Scan { bytes, at: 0 }
}

/// Iterator of [`scan`].
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
        if let Some((kind, body)) = record_at(self.bytes, start) {
            self.at = body.end;
            return Some(Found::Record { start, kind, body });
        }
        let after = start + 1;
        let rest = self.bytes.get(after..).unwrap_or_default();
        let next = memchr::memchr_iter(MARKER, rest)
            .map(|distance| after + distance)
            .find(|candidate| record_at(self.bytes, *candidate).is_some());
        self.at = next.unwrap_or(self.bytes.len());
        Some(Found::Damage(start..self.at))
    }
}

/// The record that starts at this offset, if it is complete and its checksum is correct.
fn record_at(bytes: &[u8], start: usize) -> Option<(Kind, Range<usize>)> {
    let rest = bytes.get(start..)?;
    let ([MARKER, kind], rest) = rest.split_first_chunk::<2>()? else {
        return None;
    };
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (sum, rest) = rest.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let kind = Kind::from_byte(*kind)?;
    let body = rest.get(..length)?;
    let from = start + HEADER;
    (checksum(kind, body) == u32::from_le_bytes(*sum)).then_some((kind, from..from + length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(bodies: &[String]) -> (Vec<u8>, Vec<Range<usize>>) {
        let mut bytes = Vec::new();
        let mut records = Vec::new();
        for body in bodies {
            let start = bytes.len();
            append(&mut bytes, Kind::UserEvent, body.as_bytes()).expect("a short body");
            assert_eq!(bytes.len() - start, size(body.len()));
            records.push(start..bytes.len());
        }
        (bytes, records)
    }

    fn bodies_in(bytes: &[u8]) -> Vec<&[u8]> {
        scan(bytes)
            .filter_map(|found| match found {
                Found::Record { body, .. } => bytes.get(body),
                Found::Damage(_) => None,
            })
            .collect()
    }

    /// The scan covers every byte once.
    fn assert_covered(bytes: &[u8]) {
        let mut at = 0;
        for found in scan(bytes) {
            let region = match found {
                Found::Record { start, body, .. } => start..body.end,
                Found::Damage(region) => region,
            };
            assert_eq!(region.start, at);
            assert!(region.end > at);
            at = region.end;
        }
        assert_eq!(at, bytes.len());
    }

    #[test]
    fn a_record_has_the_bytes_of_the_table() {
        let mut bytes = Vec::new();
        append(&mut bytes, Kind::Ack, &[16, 0, 0, 0]).expect("a short body");
        let sum = crc32fast::hash(&[6, 16, 0, 0, 0]).to_le_bytes();
        let header = [0xFF, 6, 4, 0, 0, 0];
        assert_eq!(bytes, [&header[..], &sum, &[16, 0, 0, 0]].concat());
    }

    #[test]
    fn a_log_starts_with_the_text_of_the_format() {
        let bytes = first_record();
        assert_eq!(bodies_in(&bytes), [b"lunogram spool 1"]);
        assert_eq!(bytes.get(..2), Some(&[0xFF, 1][..]));
    }

    proptest! {
        #[test]
        fn a_flipped_bit_damages_one_record_only(
            bodies in prop::collection::vec("\\PC{0,40}", 1..12),
            at in any::<prop::sample::Index>(),
            bit in 0..8_u8,
        ) {
            let (mut bytes, records) = file(&bodies);
            prop_assert!(bodies_in(&bytes).into_iter().eq(bodies.iter().map(String::as_bytes)));
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            let rest = bodies.iter().zip(&records).filter(|(_, record)| !record.contains(&at));
            prop_assert!(bodies_in(&bytes).into_iter().eq(rest.map(|(body, _)| body.as_bytes())));
            assert_covered(&bytes);
        }

        #[test]
        fn records_before_a_truncation_are_read(
            bodies in prop::collection::vec("\\PC{0,40}", 1..12),
            at in any::<prop::sample::Index>(),
        ) {
            let (mut bytes, records) = file(&bodies);
            let at = at.index(bytes.len());
            bytes.truncate(at);
            let rest = bodies.iter().zip(&records).filter(|(_, record)| record.end <= at);
            prop_assert!(bodies_in(&bytes).into_iter().eq(rest.map(|(body, _)| body.as_bytes())));
            assert_covered(&bytes);
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(
            bytes in prop::collection::vec(
                prop_oneof![Just(MARKER), Just(2), Just(0), any::<u8>()],
                0..80,
            ),
        ) {
            assert_covered(&bytes);
        }
    }
}
