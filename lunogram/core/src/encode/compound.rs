//! Arrays and objects within a value.

use super::value::{Absent, Done, Failure};
use super::{ValueSerializer, Writer, raw_json, scalar};
use serde::{Serialize, ser};

/// An open array or object. The last byte written shows whether a comma is due: not directly after
/// the opening bracket.
pub struct Compound<'w, 'b> {
    writer: &'w mut Writer<'b>,
    close: &'static [u8],
    /// How many bytes its schema path has after that of `data`, at most.
    path_length: usize,
}

impl<'w, 'b> Compound<'w, 'b> {
    #[inline]
    pub(super) fn new(writer: &'w mut Writer<'b>, close: &'static [u8]) -> Self {
        Self {
            path_length: writer.path_length,
            writer,
            close,
        }
    }

    #[inline]
    pub(super) fn value(&mut self) -> ValueSerializer<'_, 'b> {
        ValueSerializer::new(self.writer, Absent::Null)
    }

    pub(super) fn finish(self) {
        // Each bracket ends a level.
        self.writer.levels -= if self.close.len() == 2 { 2 } else { 1 };
        self.writer.out.extend_from_slice(self.close);
    }

    fn comma(&mut self) {
        if !matches!(self.writer.out.last(), Some(b'[' | b'{')) {
            self.writer.out.push(b',');
        }
    }

    /// The serializer of the next item of an array.
    #[inline]
    pub(super) fn item(&mut self) -> ValueSerializer<'_, 'b> {
        self.comma();
        self.writer.path_length = self.path_length;
        self.value()
    }

    /// The serializer of the value after a key of a map.
    #[inline]
    pub(super) fn entry(&mut self) -> ValueSerializer<'_, 'b> {
        self.writer.out.push(b':');
        self.value()
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(self.item())
    }

    fn field<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Done {
        self.comma();
        self.writer.string(key);
        self.enter(key.len());
        self.writer.out.push(b':');
        value.serialize(self.value())
    }

    /// Begins the value of a key with at most this many bytes.
    fn enter(&mut self, key_length: usize) {
        self.writer
            .enter_path(self.path_length + ".".len() + key_length);
    }
}

impl ser::SerializeSeq for Compound<'_, '_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.element(value)
    }

    fn end(self) -> Done {
        self.finish();
        Ok(())
    }
}

impl ser::SerializeTuple for Compound<'_, '_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.element(value)
    }

    fn end(self) -> Done {
        self.finish();
        Ok(())
    }
}

impl ser::SerializeTupleStruct for Compound<'_, '_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.element(value)
    }

    fn end(self) -> Done {
        self.finish();
        Ok(())
    }
}

impl ser::SerializeTupleVariant for Compound<'_, '_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.element(value)
    }

    fn end(self) -> Done {
        self.finish();
        Ok(())
    }
}

impl ser::SerializeMap for Compound<'_, '_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        self.comma();
        let start = self.writer.out.len();
        scalar::key(self.writer, key)?;
        // A key is never longer than its JSON.
        self.enter(self.writer.out.len() - start);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(self.entry())
    }

    fn end(self) -> Done {
        self.finish();
        Ok(())
    }
}

impl ser::SerializeStructVariant for Compound<'_, '_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Done {
        self.field(key, value)
    }

    fn end(self) -> Done {
        self.finish();
        Ok(())
    }
}

/// A struct: an object, or one of the wrappers in which `serde_json` passes on raw JSON.
pub enum StructCompound<'w, 'b> {
    /// The usual case.
    Object(Compound<'w, 'b>),
    /// One field whose text is JSON.
    RawJson(&'w mut Writer<'b>),
}

impl ser::SerializeStruct for StructCompound<'_, '_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Done {
        match self {
            Self::Object(object) => object.field(key, value),
            Self::RawJson(writer) => raw_json::write(writer, value),
        }
    }

    fn end(self) -> Done {
        if let Self::Object(object) = self {
            object.finish();
        }
        Ok(())
    }
}
