//! From an application's values to JSON bytes, checked while they are written.
//!
//! One pass: the envelope and the keys are literals that the derives lay out at compile time, each value goes through
//! one [`serde::Serializer`], and that is also where integers that the server would round, NaN and infinities are
//! caught, at any depth. The path of a problem costs nothing until there is one: it is read back from the bytes
//! already written.

mod compound;
mod escape;
mod flatten;
mod fragment;
mod number;
mod path;
mod scalar;
mod value;
mod verbatim;
mod writer;

use crate::problem::{Invalid, Problem};

pub(crate) use fragment::Fragment;
pub use value::{Failure, ValueSerializer};
pub use writer::Writer;

/// Encodes a payload only to see what is wrong with it.
pub(crate) fn check(payload: &str, encode: impl FnOnce(&mut Writer<'_>)) -> Result<(), Invalid> {
    let mut unused = Vec::new();
    let mut writer = Writer::new(&mut unused);
    encode(&mut writer);
    writer
        .finish()
        .map_err(|problems: Vec<Problem>| Invalid::new(payload, problems))
}

/// Encodes one payload behind what `out` holds; with problems, nothing of it stays there.
pub(crate) fn append(
    out: &mut Vec<u8>,
    encode: impl FnOnce(&mut Writer<'_>),
) -> Result<(), Vec<Problem>> {
    let mut writer = Writer::new(out);
    encode(&mut writer);
    writer.finish()
}
