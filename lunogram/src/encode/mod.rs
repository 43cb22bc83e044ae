//! The encoder of `lunogram_core` with this crate's clock and random numbers, and the time and id
//! of tracked events.
//!
//! All that this crate takes of core's `__private` is named here.

mod event_id;
mod stamp;

#[cfg(feature = "testing")]
pub(crate) use lunogram_core::__private::origins;
pub(crate) use lunogram_core::__private::{
    Buffer, Encode, ExternalIdField, Fragment, OfSession, Payload, Writer, encoded_moment,
};
pub(crate) use stamp::Stamp;

use chrono::Utc;
use lunogram_core::__private::{self as core, Sources};
use lunogram_core::{Invalid, Problem};
use std::ops::Range;

/// Where events get their time and id from.
static SOURCES: Sources = Sources::new(Utc::now, event_id::next);

/// Appends a payload to `out`, and returns the range of its first external id there, a JSON string.
/// The range is empty for payloads whose writer does not know it. With problems, `out` stays as it
/// was.
#[inline]
pub(crate) fn append(out: &mut Buffer, payload: Encode<'_>) -> Result<Range<usize>, Vec<Problem>> {
    core::append(out, payload, Some(&SOURCES))
}

/// Encodes a payload, or returns all of its problems.
pub(crate) fn encoded(payload: Payload<'_>, encode: Encode<'_>) -> Result<Vec<u8>, Invalid> {
    core::encoded(payload, encode, Some(&SOURCES))
}

/// Encodes a batch of one event. Paths of problems start at the event, without an index.
pub(crate) fn batch_of_one(name: &str, event: Encode<'_>) -> Result<Vec<u8>, Invalid> {
    let mut batch = Buffer::default();
    batch.push(b'[');
    match append(&mut batch, event) {
        Ok(_) => {
            batch.push(b']');
            Ok(batch.into_written())
        }
        Err(problems) => Err(Invalid::new(Payload::Event(name), problems)),
    }
}
