//! From an application's values to JSON bytes, checked while they are written.
//!
//! One pass: the envelope and the keys are literals that the derives lay out at compile time, each value goes through
//! one [`serde::Serializer`], and that is also where integers that the server would round, NaN and infinities are
//! caught, at any depth. The path of a problem costs nothing until there is one: it is read back from the bytes
//! already written.

mod buffer;
mod compound;
mod copy;
mod escape;
mod flatten;
mod fragment;
mod leaf;
mod number;
mod path;
mod raw_json;
mod report;
mod scalar;
mod value;
mod writer;

use crate::problem::{Invalid, Payload, Problem};

pub use buffer::Buffer;
pub(crate) use fragment::Fragment;
pub use value::{Failure, ValueSerializer};
pub use writer::Writer;

/// What writes a payload. It stands behind a pointer, so that all that surrounds it exists once, and not again for each
/// type of an application.
pub(crate) type Encode<'e> = &'e dyn Encodes;

/// What `dyn Fn` would be, with one function for each type of an application instead of three.
pub(crate) trait Encodes {
    fn encode(&self, writer: &mut Writer<'_>);
}

impl<F: Fn(&mut Writer<'_>)> Encodes for F {
    fn encode(&self, writer: &mut Writer<'_>) {
        self(writer);
    }
}

/// Encodes a payload: its bytes, or all of its problems.
pub(crate) fn encoded(payload: Payload<'_>, encode: Encode<'_>) -> Result<Vec<u8>, Invalid> {
    let mut out = Buffer::default();
    match append(&mut out, encode) {
        Ok(()) => Ok(out.into_written()),
        Err(problems) => Err(Invalid::new(payload, problems)),
    }
}

/// Encodes a payload only to see what is wrong with it.
pub(crate) fn check(payload: Payload<'_>, encode: Encode<'_>) -> Result<(), Invalid> {
    encoded(payload, encode).map(drop)
}

/// Encodes one payload behind what `out` holds; with problems, nothing of it stays there.
pub(crate) fn append(out: &mut Buffer, encode: Encode<'_>) -> Result<(), Vec<Problem>> {
    let mut writer = Writer::new(out);
    encode.encode(&mut writer);
    writer.finish()
}
