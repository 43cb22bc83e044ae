//! The forms in which derived types send times, amounts and bytes.
//!
//! Serde's own forms of them are of no use to a platform: `{"secs_since_epoch":…}` for a moment, an
//! array of numbers for bytes. So such a type has a form as a property ([`OwnForm`]), through
//! pointers, options and lists. A field may have an attribute for another form. Everything else is
//! written by its `Serialize`.

mod bytes;
mod containers;
#[cfg(any(feature = "jiff", feature = "time-0_3"))]
mod dates;
mod durations;
#[cfg(feature = "jiff")]
mod jiff;
mod moments;
#[cfg(feature = "rust_decimal")]
mod rust_decimal;
#[cfg(any(feature = "jiff", feature = "rust_decimal"))]
mod text;
#[cfg(feature = "time-0_3")]
mod time;
mod writer;

pub use writer::{InBase64, InHex, InIso8601, InMillis};

use super::schema::{LunogramProperty, Schema};
use crate::encode::{Failure, ValueSerializer, Writer};
use serde::Serialize;
use std::marker::PhantomData;
use std::ops::Deref;

/// The result of writing a value.
pub(super) type Done = Result<(), Failure>;

/// The names of the forms.
#[expect(missing_docs, reason = "the names describe them")]
pub mod forms {
    /// RFC 3339, in UTC.
    pub struct Moment;
    pub struct Seconds;
    pub struct Millis;
    pub struct Iso8601;
    /// The text of the type's `Display`, or one that is like it.
    pub struct Text;
    /// Bytes without an attribute: no value has this form.
    pub struct Unset;
    pub struct Base64;
    pub struct Hex;
}

/// A type whose values are written in the form `F`.
pub trait InForm<F> {
    /// The schema of the values in this form.
    const SCHEMA: Schema;

    /// Writes the value.
    ///
    /// # Errors
    /// If the value cannot be written.
    fn write(&self, to: ValueSerializer<'_, '_>) -> Done;
}

/// A type that has a form as a property which is not serde's.
pub trait OwnForm {
    /// The form without an attribute.
    type Form;
}

/// A type that can be sent without an attribute for its form.
#[diagnostic::on_unimplemented(
    message = "bytes need a form in which they are sent",
    label = "bytes without a form",
    note = "write `#[lunogram(base64)]` or `#[lunogram(hex)]` on the field, or `#[lunogram(as_serde)]` for an array of numbers"
)]
pub trait DefaultForm: OwnForm {
    /// Writes the value.
    ///
    /// # Errors
    /// If the value cannot be written.
    fn write_default(&self, to: ValueSerializer<'_, '_>) -> Done;
}

#[diagnostic::do_not_recommend]
impl<T: OwnForm + InForm<T::Form> + ?Sized> DefaultForm for T {
    fn write_default(&self, to: ValueSerializer<'_, '_>) -> Done {
        <T as InForm<T::Form>>::write(self, to)
    }
}

/// A property of a type that the derive does not know by name. The compiler finds its methods here
/// if the type has its own form, and else those of [`AsSerde`], to which this dereferences.
pub struct Own<'v, T: ?Sized>(AsSerde<'v, T>);

/// A property that is written by its `Serialize`.
pub struct AsSerde<'v, T: ?Sized>(&'v T);

/// A property whose form the compiler finds by its type.
#[inline]
pub fn own<T: ?Sized>(value: &T) -> Own<'_, T> {
    Own(AsSerde(value))
}

impl<'v, T: ?Sized> Deref for Own<'v, T> {
    type Target = AsSerde<'v, T>;

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T: OwnForm + ?Sized> Own<'_, T> {
    /// Writes the property; `None` leaves it out.
    pub fn __property(&self, writer: &mut Writer<'_>, key: &'static str)
    where
        T: DefaultForm,
    {
        writer.property_with(key, |to| self.0.0.write_default(to));
    }

    /// Writes the property; `None` sends `null`.
    pub fn __property_or_null(&self, writer: &mut Writer<'_>, key: &'static str)
    where
        T: DefaultForm,
    {
        writer.property_with_or_null(key, |to| self.0.0.write_default(to));
    }
}

impl<T: ?Sized> AsSerde<'_, T> {
    /// Writes the property; `None` leaves it out.
    #[inline]
    pub fn __property(&self, writer: &mut Writer<'_>, key: &'static str)
    where
        T: Serialize,
    {
        writer.property(key, self.0);
    }

    /// Writes the property; `None` sends `null`.
    #[inline]
    pub fn __property_or_null(&self, writer: &mut Writer<'_>, key: &'static str)
    where
        T: Serialize,
    {
        writer.property_or_null(key, self.0);
    }
}

/// The type of a field in the tracking plan, in the form without an attribute.
pub struct PropertyOf<T: ?Sized>(PhantomData<T>);

#[doc(hidden)]
impl<T: LunogramProperty + ?Sized> LunogramProperty for PropertyOf<T> {
    const SCHEMA: Schema = T::PROPERTY;
}

/// The type of a field in the tracking plan, in the form `F`.
pub struct In<F, T: ?Sized>(PhantomData<F>, PhantomData<T>);

#[doc(hidden)]
impl<F, T: InForm<F> + ?Sized> LunogramProperty for In<F, T> {
    const SCHEMA: Schema = T::SCHEMA;
}
