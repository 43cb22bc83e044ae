//! The checking serializer, which writes any [`serde::Serialize`] value as JSON.

use super::{
    Writer,
    compound::{Compound, StructCompound},
    escape, raw_json,
};
use lunogram_rules::nesting::{MAX_LEVELS, too_deep};
use lunogram_rules::{ProblemKind, Violation};
use serde::{Serialize, Serializer, ser};
use std::fmt;

/// Why a value could not be written, usually an error from its `Serialize` implementation.
///
/// The box keeps a `Result` of the serializer at one word.
pub struct Failure(Box<Violation>);

impl Failure {
    #[cold]
    pub(super) fn new(violation: Violation) -> Self {
        Self(Box::new(violation))
    }

    pub(super) fn into_violation(self) -> Violation {
        *self.0
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Failure {}

impl ser::Error for Failure {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(Violation::new(
            ProblemKind::Unserializable,
            message.to_string(),
        ))
    }
}

/// How `None` is written.
#[derive(Clone, Copy)]
pub(super) enum Absent {
    /// As `null`.
    Null,
    /// Not at all: the buffer is truncated to this length, which removes the key.
    LeftOut(usize),
}

/// Appends one value to a [`Writer`].
pub struct ValueSerializer<'w, 'b> {
    writer: &'w mut Writer<'b>,
    /// Written before the value, so that a value that is left out leaves no trace.
    key: &'static str,
    absent: Absent,
}

impl<'w, 'b> ValueSerializer<'w, 'b> {
    #[inline]
    pub(super) fn new(writer: &'w mut Writer<'b>, absent: Absent) -> Self {
        Self::after("", writer, absent)
    }

    /// Writes `key` and then the value.
    #[inline]
    pub(super) fn after(key: &'static str, writer: &'w mut Writer<'b>, absent: Absent) -> Self {
        Self {
            writer,
            key,
            absent,
        }
    }

    /// The serializer of the value in a `Some`, whose own `None` is `null`.
    pub(crate) fn in_some(self) -> Self {
        Self {
            absent: Absent::Null,
            ..self
        }
    }

    pub(super) fn begun(self) -> &'w mut Writer<'b> {
        self.writer.key(self.key);
        self.writer
    }

    /// Like [`begun`](Self::begun), for a value with paths below its own.
    fn begun_nested(self) -> &'w mut Writer<'b> {
        if !self.key.is_empty() {
            // The key of a property, with its quotes, colon and usually a comma.
            self.writer.enter_path(self.key.len());
            self.writer.levels = 1;
        }
        self.begun()
    }

    #[inline]
    pub(super) fn open(
        self,
        open: &[u8],
        close: &'static [u8],
    ) -> Result<Compound<'w, 'b>, Failure> {
        let writer = self.begun_nested();
        nested(writer, open, close)
    }

    /// Writes `{"Variant":` and `open`, which is serde's externally tagged form of an enum.
    fn open_variant(
        self,
        variant: &str,
        open: &[u8],
        close: &'static [u8],
    ) -> Result<Compound<'w, 'b>, Failure> {
        let writer = self.begun_nested();
        writer.out.push(b'{');
        writer.levels += 1;
        writer.string(variant);
        writer.extend_path(".".len() + variant.len());
        writer.out.push(b':');
        nested(writer, open, close)
    }
}

/// Opens an array or object. `open` is empty if its bracket is already written.
#[inline]
pub(super) fn nested<'w, 'b>(
    writer: &'w mut Writer<'b>,
    open: &[u8],
    close: &'static [u8],
) -> Result<Compound<'w, 'b>, Failure> {
    writer.levels += u16::from(!open.is_empty());
    if usize::from(writer.levels) > MAX_LEVELS {
        return Err(deeper());
    }
    writer.out.extend_from_slice(open);
    if open == b"[" {
        writer.extend_path("[]".len());
    }
    Ok(Compound::new(writer, close))
}

#[cold]
#[inline(never)]
fn deeper() -> Failure {
    Failure::new(too_deep())
}

pub(super) type Done = Result<(), Failure>;

impl<'w, 'b> Serializer for ValueSerializer<'w, 'b> {
    type Ok = ();
    type Error = Failure;
    type SerializeSeq = Compound<'w, 'b>;
    type SerializeTuple = Compound<'w, 'b>;
    type SerializeTupleStruct = Compound<'w, 'b>;
    type SerializeTupleVariant = Compound<'w, 'b>;
    type SerializeMap = Compound<'w, 'b>;
    type SerializeStruct = StructCompound<'w, 'b>;
    type SerializeStructVariant = Compound<'w, 'b>;

    #[inline]
    fn serialize_bool(self, value: bool) -> Done {
        self.writer.boolean(self.key, value);
        Ok(())
    }

    #[inline]
    fn serialize_i8(self, value: i8) -> Done {
        self.serialize_i64(i64::from(value))
    }

    #[inline]
    fn serialize_i16(self, value: i16) -> Done {
        self.serialize_i64(i64::from(value))
    }

    #[inline]
    fn serialize_i32(self, value: i32) -> Done {
        self.serialize_i64(i64::from(value))
    }

    #[inline]
    fn serialize_i64(self, value: i64) -> Done {
        self.writer.signed(self.key, value);
        Ok(())
    }

    fn serialize_i128(self, value: i128) -> Done {
        self.begun().wide(value.unsigned_abs(), value);
        Ok(())
    }

    #[inline]
    fn serialize_u8(self, value: u8) -> Done {
        self.serialize_u64(u64::from(value))
    }

    #[inline]
    fn serialize_u16(self, value: u16) -> Done {
        self.serialize_u64(u64::from(value))
    }

    #[inline]
    fn serialize_u32(self, value: u32) -> Done {
        self.serialize_u64(u64::from(value))
    }

    #[inline]
    fn serialize_u64(self, value: u64) -> Done {
        self.writer.unsigned(self.key, value);
        Ok(())
    }

    fn serialize_u128(self, value: u128) -> Done {
        self.begun().wide(value, value);
        Ok(())
    }

    #[inline]
    fn serialize_f32(self, value: f32) -> Done {
        self.begun().single(value);
        Ok(())
    }

    #[inline]
    fn serialize_f64(self, value: f64) -> Done {
        self.writer.double(self.key, value);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Done {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Done {
        self.writer.string_after(self.key, value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Done {
        self.collect_seq(value)
    }

    #[inline]
    fn serialize_none(self) -> Done {
        match self.absent {
            Absent::Null => self.serialize_unit(),
            Absent::LeftOut(start) => {
                self.writer.out.truncate(start);
                Ok(())
            }
        }
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        // `Some(None)` is a value, unlike `None`.
        value.serialize(self.in_some())
    }

    fn serialize_unit(self) -> Done {
        self.begun().literal("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Done {
        self.serialize_unit()
    }

    #[inline]
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        self.serialize_str(variant)
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        let mut tagged = self.open_variant(variant, b"", b"}")?;
        value.serialize(tagged.value())?;
        tagged.finish();
        Ok(())
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Self::SerializeSeq, Failure> {
        self.open(b"[", b"]")
    }

    fn serialize_tuple(self, _len: usize) -> Result<Self::SerializeTuple, Failure> {
        self.open(b"[", b"]")
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleStruct, Failure> {
        self.open(b"[", b"]")
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleVariant, Failure> {
        self.open_variant(variant, b"[", b"]}")
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Self::SerializeMap, Failure> {
        self.open(b"{", b"}")
    }

    fn serialize_struct(
        self,
        name: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeStruct, Failure> {
        Ok(if raw_json::is_raw_json(name) {
            StructCompound::RawJson(self.begun_nested())
        } else {
            StructCompound::Object(self.open(b"{", b"}")?)
        })
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeStructVariant, Failure> {
        self.open_variant(variant, b"{", b"}}")
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Done {
        escape::display(self.begun(), value).map_err(ser::Error::custom)
    }
}
