//! Encodes an application's values as JSON, and checks them on the way.
//!
//! Encoding takes one pass. The keys are literals that the derives lay out at compile time, and
//! each value goes through one [`serde::Serializer`], which refuses NaN, infinities, integers that
//! the server would round, and texts that it cannot store, at any depth. The path of a problem
//! costs nothing until there is one: it is read back from the bytes already written.

mod buffer;
mod by_form;
mod compound;
mod copy;
mod escape;
mod flatten;
mod fragment;
mod json;
mod leaf;
mod number;
mod path;
mod raw_json;
mod report;
mod scalar;
mod schema_path;
mod serde_form;
mod sources;
mod value;
mod writer;

use crate::problem::{Invalid, Payload, Problem};
use std::ops::Range;

pub use buffer::Buffer;
pub use flatten::FlattenSerializer;
pub use fragment::Fragment;
pub(crate) use json::Json;
pub(crate) use serde_form::{check_read, serialize};
pub use sources::Sources;
pub use value::{Failure, ValueSerializer};
pub use writer::Writer;

/// A function that writes a payload. It is a trait object, so that the code around it is compiled
/// once rather than for each type of an application.
pub type Encode<'e> = &'e dyn Encodes;

/// Like `dyn Fn(&mut Writer)`, but its vtable needs one function for each type of an application
/// instead of three.
pub trait Encodes {
    /// Writes the payload.
    fn encode(&self, writer: &mut Writer<'_>);
}

impl<F: Fn(&mut Writer<'_>)> Encodes for F {
    fn encode(&self, writer: &mut Writer<'_>) {
        self(writer);
    }
}

/// Encodes a payload.
///
/// # Errors
/// All of its problems.
pub fn encoded(
    payload: Payload<'_>,
    encode: Encode<'_>,
    sources: Option<&'static Sources>,
) -> Result<Vec<u8>, Invalid> {
    let mut out = Buffer::default();
    match append(&mut out, encode, sources) {
        Ok(_) => Ok(out.into_written()),
        Err(problems) => Err(Invalid::new(payload, problems)),
    }
}

/// Encodes a payload as text.
///
/// # Errors
/// All of its problems.
pub(crate) fn to_json(payload: Payload<'_>, encode: Encode<'_>) -> Result<String, Invalid> {
    let json = encoded(payload, encode, None)?;
    Ok(String::from_utf8(json).expect("the writer appends strings and JSON, which are UTF-8"))
}

/// Encodes a payload to collect its problems.
pub(crate) fn check(payload: Payload<'_>, encode: Encode<'_>) -> Result<(), Invalid> {
    encoded(payload, encode, None).map(drop)
}

/// Encodes an event to collect its problems.
pub(crate) fn check_event(name: &str, encode: Encode<'_>) -> Result<(), Invalid> {
    check(Payload::Event(name), encode)
}

/// Appends a payload to `out`, and returns the range of its first external id there, a JSON string.
/// The range is empty for payloads whose writer does not know it.
///
/// # Errors
/// All of its problems; `out` then stays as it was.
#[inline]
pub fn append(
    out: &mut Buffer,
    encode: Encode<'_>,
    sources: Option<&'static Sources>,
) -> Result<Range<usize>, Vec<Problem>> {
    let mut writer = Writer::with_sources(out, sources);
    encode.encode(&mut writer);
    writer.finish_marked()
}
