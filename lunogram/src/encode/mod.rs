//! Encodes an application's values as JSON, and checks them on the way.
//!
//! Encoding takes one pass. The keys are literals that the derives lay out at compile time, and
//! each value goes through one [`serde::Serializer`], which refuses NaN, infinities and integers
//! that the server would round, at any depth. The path of a problem costs nothing until there is
//! one: it is read back from the bytes already written.

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

/// A function that writes a payload. It is a trait object, so that the code around it is compiled
/// once rather than for each type of an application.
pub(crate) type Encode<'e> = &'e dyn Encodes;

/// Like `dyn Fn(&mut Writer)`, but its vtable needs one function for each type of an application
/// instead of three.
pub(crate) trait Encodes {
    fn encode(&self, writer: &mut Writer<'_>);
}

impl<F: Fn(&mut Writer<'_>)> Encodes for F {
    fn encode(&self, writer: &mut Writer<'_>) {
        self(writer);
    }
}

/// Encodes a payload, or returns all of its problems.
pub(crate) fn encoded(payload: Payload<'_>, encode: Encode<'_>) -> Result<Vec<u8>, Invalid> {
    let mut out = Buffer::default();
    match append(&mut out, encode) {
        Ok(()) => Ok(out.into_written()),
        Err(problems) => Err(Invalid::new(payload, problems)),
    }
}

/// Encodes a payload to collect its problems.
pub(crate) fn check(payload: Payload<'_>, encode: Encode<'_>) -> Result<(), Invalid> {
    encoded(payload, encode).map(drop)
}

/// Appends a payload to `out`. With problems, `out` stays as it was.
pub(crate) fn append(out: &mut Buffer, encode: Encode<'_>) -> Result<(), Vec<Problem>> {
    let mut writer = Writer::new(out);
    encode.encode(&mut writer);
    writer.finish()
}
