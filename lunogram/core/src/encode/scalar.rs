//! Values that have to be a single string: map keys, checked text fields, numbers sent as strings.

use super::value::{Absent, Done, Failure};
use super::{ValueSerializer, Writer, escape, raw_json};
use lunogram_rules::number::not_finite;
use lunogram_rules::{ProblemKind, Violation};
use serde::ser::{Error as _, Impossible, SerializeStruct};
use serde::{Serialize, Serializer};
use std::fmt;

/// Receives the single string or number that a value serializes to.
pub(super) trait Sink: Sized {
    /// The violation of values of any other type.
    const EXPECTED: Violation;

    fn text(self, text: &str) -> Done;

    fn number(self, _number: &dyn fmt::Display) -> Done {
        Err(Failure::new(Self::EXPECTED))
    }

    fn none(self) -> Done {
        Err(Failure::new(Self::EXPECTED))
    }

    /// The sink for the value in a `Some`.
    fn some(self) -> Self {
        self
    }
}

const NOT_A_STRING: Violation =
    Violation::fixed(ProblemKind::NotAString, "not a string; send a string");

/// Writes a map key: a string, or a number as a string.
pub(super) fn key<T: Serialize + ?Sized>(writer: &mut Writer<'_>, key: &T) -> Done {
    struct Key<'w, 'b>(&'w mut Writer<'b>);
    impl Sink for Key<'_, '_> {
        const EXPECTED: Violation = Violation::fixed(
            ProblemKind::Unserializable,
            "a map key is not a string; use string, number or unit-variant keys",
        );

        fn text(self, text: &str) -> Done {
            self.0.string(text);
            Ok(())
        }

        fn number(self, number: &dyn fmt::Display) -> Done {
            escape::display(self.0, number).map_err(Failure::custom)
        }
    }
    key.serialize(Scalar(Key(writer)))
}

/// The string that `value` serializes to, or the text of a number.
pub(super) fn text<T: Serialize + ?Sized>(value: &T) -> Result<String, Failure> {
    struct Kept<'a>(&'a mut String);
    impl Sink for Kept<'_> {
        const EXPECTED: Violation = NOT_A_STRING;

        fn text(self, text: &str) -> Done {
            text.clone_into(self.0);
            Ok(())
        }

        fn number(self, number: &dyn fmt::Display) -> Done {
            *self.0 = number.to_string();
            Ok(())
        }
    }
    let mut kept = String::new();
    value.serialize(Scalar(Kept(&mut kept)))?;
    Ok(kept)
}

/// A rule that text has to follow.
pub(super) type Rule = fn(&str) -> Result<(), Violation>;

/// Writes a string that has to follow `rule`. `None` removes the bytes written since `start`.
pub(super) fn checked<T: Serialize + ?Sized>(
    writer: &mut Writer<'_>,
    start: usize,
    value: &T,
    rule: Rule,
) -> Done {
    struct Checked<'w, 'b>(&'w mut Writer<'b>, usize, Rule);
    impl Sink for Checked<'_, '_> {
        const EXPECTED: Violation = NOT_A_STRING;

        fn text(self, text: &str) -> Done {
            match (self.2)(text) {
                Ok(()) => self.0.string(text),
                Err(violation) => self.0.report(violation),
            }
            Ok(())
        }

        fn none(self) -> Done {
            self.0.out.truncate(self.1);
            Ok(())
        }
    }
    value.serialize(Scalar(Checked(writer, start, rule)))
}

/// Writes a key, and a number (or boolean, or string) as a string, so that the server keeps every
/// digit.
pub(super) fn stringed<T: Serialize + ?Sized>(
    writer: &mut Writer<'_>,
    key: &'static str,
    absent: Absent,
    value: &T,
) -> Done {
    struct Stringed<'w, 'b>(&'w mut Writer<'b>, &'static str, Absent);
    impl Sink for Stringed<'_, '_> {
        const EXPECTED: Violation = Violation::fixed(
            ProblemKind::NotAString,
            "cannot be sent as a string; use `#[lunogram(string)]` on numbers, booleans and strings",
        );

        fn text(self, text: &str) -> Done {
            self.0.string_after(self.1, text);
            Ok(())
        }

        fn number(self, number: &dyn fmt::Display) -> Done {
            self.0.key(self.1);
            escape::display(self.0, number).map_err(Failure::custom)
        }

        fn none(self) -> Done {
            ValueSerializer::after(self.1, self.0, self.2).serialize_none()
        }

        fn some(self) -> Self {
            Self(self.0, self.1, Absent::Null)
        }
    }
    value.serialize(Scalar(Stringed(writer, key, absent)))
}

struct Scalar<S>(S);

/// Receives the text of a `serde_json::Number`, with the feature `arbitrary_precision` of
/// `serde_json`, which any crate of an application may enable.
struct RawNumber<S>(Option<S>);

impl<S: Sink> SerializeStruct for RawNumber<S> {
    type Ok = ();
    type Error = Failure;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, _: &'static str, value: &T) -> Done {
        match self.0.take() {
            Some(sink) => sink.number(&text(value)?),
            None => Ok(()),
        }
    }

    fn end(self) -> Done {
        Ok(())
    }
}

type Never = Impossible<(), Failure>;

macro_rules! numbers {
    ($($method:ident: $type:ty,)*) => {$(
        fn $method(self, value: $type) -> Done {
            self.0.number(&value)
        }
    )*};
}

/// All other types are refused with the message of the sink.
macro_rules! refused {
    ($($method:ident($($type:ty),*) -> $ok:ty;)*) => {$(
        fn $method(self, $(_: $type),*) -> Result<$ok, Failure> {
            Err(Failure::new(S::EXPECTED))
        }
    )*};
}

impl<S: Sink> Serializer for Scalar<S> {
    type Ok = ();
    type Error = Failure;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = RawNumber<S>;
    type SerializeStructVariant = Never;

    numbers! {
        serialize_bool: bool,
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_i128: i128,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
        serialize_u128: u128,
    }

    refused! {
        serialize_bytes(&[u8]) -> ();
        serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_seq(Option<usize>) -> Never;
        serialize_tuple(usize) -> Never;
        serialize_tuple_struct(&'static str, usize) -> Never;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Never;
        serialize_map(Option<usize>) -> Never;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Never;
    }

    // As serde_json writes a number: `5.0` and `1e300`.
    fn serialize_f32(self, value: f32) -> Done {
        if value.is_finite() {
            self.0.number(&zmij::Buffer::new().format_finite(value))
        } else {
            Err(Failure::new(not_finite()))
        }
    }

    fn serialize_f64(self, value: f64) -> Done {
        if value.is_finite() {
            self.0.number(&zmij::Buffer::new().format_finite(value))
        } else {
            Err(Failure::new(not_finite()))
        }
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<RawNumber<S>, Failure> {
        if raw_json::is_number(name) {
            Ok(RawNumber(Some(self.0)))
        } else {
            Err(Failure::new(S::EXPECTED))
        }
    }

    fn serialize_char(self, value: char) -> Done {
        self.0.text(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Done {
        self.0.text(value)
    }

    fn serialize_none(self) -> Done {
        self.0.none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(Self(self.0.some()))
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        self.0.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Done {
        Err(Failure::new(S::EXPECTED))
    }
}
