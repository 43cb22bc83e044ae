//! Flattened maps and structs, whose entries become properties of the surrounding object.

use super::compound::Compound;
use super::value::{Absent, Done, Failure, nested};
use super::{ValueSerializer, Writer, path, scalar};
use lunogram_rules::{ProblemKind, Violation};
use serde::ser::Impossible;
use serde::{Serialize, Serializer, ser};
use std::collections::HashSet;

/// Writes the entries of `value` into the open object. `is_own` returns whether the struct writes a
/// key itself: an entry with that key is refused, since one of the two would silently be lost.
pub(super) fn entries<T: Serialize + ?Sized>(
    writer: &mut Writer<'_>,
    is_own: impl Fn(&str) -> bool,
    value: &T,
) -> Done {
    value.serialize(Flatten { writer, is_own })
}

/// Writes the entries like [`entries`], by a function of the application.
pub(super) fn entries_with<'b>(
    writer: &mut Writer<'b>,
    is_own: &dyn Fn(&str) -> bool,
    write: impl FnOnce(FlattenSerializer<'_, 'b, '_>) -> Done,
) -> Done {
    write(Flatten { writer, is_own })
}

/// The serializer of a flattened value, for functions of the application (`serialize_with`).
pub type FlattenSerializer<'w, 'b, 'f> = Flatten<'w, 'b, &'f dyn Fn(&str) -> bool>;

/// Reports keys that several flattened values have in common. [`entries`] has reported those that
/// `is_own` knows.
pub(super) fn report_duplicates(writer: &mut Writer<'_>, is_own: impl Fn(&str) -> bool) {
    let keys = path::keys_at_end(writer.written());
    let mut seen: HashSet<&str> = HashSet::new();
    let foreign = keys.iter().filter(|key| !is_own(key));
    for key in foreign.filter(|key| !seen.insert(key)) {
        report_duplicate(writer, key);
    }
}

#[cold]
fn report_duplicate(writer: &mut Writer<'_>, key: &str) {
    writer.report_in_object(Violation::new(
        ProblemKind::DuplicateProperty,
        format!(
            "property `{key}` is named twice; rename one of the two, or remove it from the flattened value"
        ),
    ));
}

/// Writes the entries of a map or struct into the open object.
pub struct Flatten<'w, 'b, F> {
    writer: &'w mut Writer<'b>,
    is_own: F,
}

type Never = Impossible<(), Failure>;

fn no_object<T>() -> Result<T, Failure> {
    Err(Failure::new(Violation::fixed(
        ProblemKind::NotAnObject,
        "cannot be flattened; flatten a map or a struct with named fields",
    )))
}

macro_rules! refused {
    ($($method:ident($($type:ty),*) -> $ok:ty;)*) => {$(
        fn $method(self, $(_: $type),*) -> Result<$ok, Failure> {
            no_object()
        }
    )*};
}

impl<'w, 'b, F: Fn(&str) -> bool> Serializer for Flatten<'w, 'b, F> {
    type Ok = ();
    type Error = Failure;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Compound<'w, 'b>;
    type SerializeMap = Entries<'w, 'b, F>;
    type SerializeStruct = Entries<'w, 'b, F>;
    type SerializeStructVariant = Compound<'w, 'b>;

    refused! {
        serialize_bool(bool) -> ();
        serialize_i8(i8) -> ();
        serialize_i16(i16) -> ();
        serialize_i32(i32) -> ();
        serialize_i64(i64) -> ();
        serialize_u8(u8) -> ();
        serialize_u16(u16) -> ();
        serialize_u32(u32) -> ();
        serialize_u64(u64) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_str(&str) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_seq(Option<usize>) -> Never;
        serialize_tuple(usize) -> Never;
        serialize_tuple_struct(&'static str, usize) -> Never;
    }

    fn serialize_none(self) -> Done {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Done {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        let mut entries = self.entries();
        ser::SerializeMap::serialize_entry(&mut entries, variant, &())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'w, 'b>, Failure> {
        let mut entries = self.entries();
        entries.key(variant)?;
        nested(entries.writer, b"[", b"]")
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'w, 'b>, Failure> {
        let mut entries = self.entries();
        entries.key(variant)?;
        nested(entries.writer, b"{", b"}")
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        let mut entries = self.entries();
        ser::SerializeMap::serialize_entry(&mut entries, variant, value)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries<'w, 'b, F>, Failure> {
        Ok(self.entries())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Entries<'w, 'b, F>, Failure> {
        Ok(self.entries())
    }
}

impl<'w, 'b, F> Flatten<'w, 'b, F> {
    fn entries(self) -> Entries<'w, 'b, F> {
        Entries {
            entry: self.writer.out.len(),
            writer: self.writer,
            is_own: self.is_own,
        }
    }
}

/// The entries of a flattened value. Each is treated as a property: `None` leaves it out.
pub struct Entries<'w, 'b, F> {
    writer: &'w mut Writer<'b>,
    is_own: F,
    /// The position at which the current entry starts.
    entry: usize,
}

impl<F: Fn(&str) -> bool> Entries<'_, '_, F> {
    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        let key = scalar::text(key)?;
        if (self.is_own)(&key) {
            report_duplicate(self.writer, &key);
        }
        self.entry = self.writer.out.len();
        if self.writer.out.last() != Some(b'{') {
            self.writer.out.push(b',');
        }
        self.writer.string(&key);
        self.writer.enter_path(".".len() + key.len());
        self.writer.levels = 1;
        self.writer.out.push(b':');
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(ValueSerializer::new(
            self.writer,
            Absent::LeftOut(self.entry),
        ))
    }
}

impl<F: Fn(&str) -> bool> ser::SerializeMap for Entries<'_, '_, F> {
    type Ok = ();
    type Error = Failure;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        self.key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.value(value)
    }

    fn end(self) -> Done {
        Ok(())
    }
}

impl<F: Fn(&str) -> bool> ser::SerializeStruct for Entries<'_, '_, F> {
    type Ok = ();
    type Error = Failure;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Done {
        self.key(key)?;
        self.value(value)
    }

    fn end(self) -> Done {
        Ok(())
    }
}
