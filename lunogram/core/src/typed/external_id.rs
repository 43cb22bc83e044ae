//! The types that can be external ids.

use super::Around;
use crate::encode::Writer;
use crate::values::{Email, ExternalId, Phone};
use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

/// A type that can be an external id: strings, integers, [`Uuid`](uuid::Uuid), and types of an
/// application that say how they are sent.
///
/// Derive it with [`#[derive(ExternalId)]`](derive@crate::ExternalId) for a newtype of an id:
///
/// ```
/// use lunogram::{Event, ExternalId};
/// use uuid::Uuid;
///
/// #[derive(Clone, Copy, ExternalId)]
/// struct UserId(Uuid);
///
/// let id = UserId(Uuid::from_u128(7));
/// let event = Event::new("signed_up").to(id);
/// ```
///
/// Implement it by hand if the id consists of several parts, or if its type is from a crate that
/// this one does not know. `Display` plays no part: what a type shows to people may be shortened or
/// translated, and an id must never change.
///
/// ```
/// use lunogram::ToExternalId;
/// use std::borrow::Cow;
///
/// struct TenantUser {
///     tenant: u32,
///     user: u32,
/// }
///
/// impl ToExternalId for TenantUser {
///     fn to_external_id(&self) -> Cow<'_, str> {
///         format!("{}/{}", self.tenant, self.user).into()
///     }
/// }
///
/// assert_eq!(TenantUser { tenant: 4, user: 123 }.to_external_id(), "4/123");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an external id",
    label = "not an external id",
    note = "for a newtype of an id, write `#[derive(lunogram::ExternalId)]` on it",
    note = "an external id is a string, an integer, a `Uuid`, a newtype of one, or another type that implements `lunogram::ToExternalId`"
)]
pub trait ToExternalId {
    /// The id as it is sent. A blank id is refused when the payload is encoded, and so is one that
    /// the platform cannot store: with more than 255 characters or with U+0000.
    fn to_external_id(&self) -> Cow<'_, str>;

    /// Writes the id as a JSON string, with what stands around it.
    #[doc(hidden)]
    fn write_external_id(&self, around: Around, writer: &mut Writer<'_>) {
        writer.external_id(around, &self.to_external_id());
    }
}

macro_rules! text {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl ToExternalId for $type {
            fn to_external_id(&self) -> Cow<'_, str> {
                let text: &str = self.as_ref();
                text.into()
            }

            #[inline]
            fn write_external_id(&self, around: Around, writer: &mut Writer<'_>) {
                writer.external_id(around, self.as_ref());
            }
        }
    )*};
}

text!(str, String, Cow<'_, str>, Email, Phone, ExternalId);

/// Types whose `Display` output is the same for people and for programs. It is never blank and
/// always short, and is written without a `String` in between.
macro_rules! displayed {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl ToExternalId for $type {
            fn to_external_id(&self) -> Cow<'_, str> {
                self.to_string().into()
            }

            fn write_external_id(&self, around: Around, writer: &mut Writer<'_>) {
                writer.displayed_id(around, self);
            }
        }
    )*};
}

displayed!(
    u8,
    u16,
    u32,
    u64,
    u128,
    usize,
    i8,
    i16,
    i32,
    i64,
    i128,
    isize,
    uuid::Uuid
);
displayed!(
    std::num::NonZeroU8,
    std::num::NonZeroU16,
    std::num::NonZeroU32,
    std::num::NonZeroU64,
    std::num::NonZeroU128,
    std::num::NonZeroUsize
);

macro_rules! pointers {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: ToExternalId + ?Sized> ToExternalId for $type {
            fn to_external_id(&self) -> Cow<'_, str> {
                (**self).to_external_id()
            }

            #[inline]
            fn write_external_id(&self, around: Around, writer: &mut Writer<'_>) {
                (**self).write_external_id(around, writer)
            }
        }
    )*};
}

pointers!(&T, Box<T>, Rc<T>, Arc<T>);

/// The types of an `#[lunogram(external_id)]` field: a [`ToExternalId`], or an `Option` of one.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an external id",
    label = "not an external id",
    note = "for a newtype of an id, write `#[derive(lunogram::ExternalId)]` on it",
    note = "an external id is a string, an integer, a `Uuid`, a newtype of one, another type that implements `lunogram::ToExternalId`, or an `Option` or reference of one"
)]
pub trait ExternalIdField {
    /// Writes the id with the JSON around it, and returns whether there was an id. Without one,
    /// nothing is written.
    fn write_identifier(&self, around: Around, writer: &mut Writer<'_>) -> bool;
}

#[diagnostic::do_not_recommend]
impl<T: ToExternalId + ?Sized> ExternalIdField for T {
    fn write_identifier(&self, around: Around, writer: &mut Writer<'_>) -> bool {
        self.write_external_id(around, writer);
        true
    }
}

#[diagnostic::do_not_recommend]
impl<T: ToExternalId> ExternalIdField for Option<T> {
    fn write_identifier(&self, around: Around, writer: &mut Writer<'_>) -> bool {
        self.as_ref()
            .is_some_and(|id| id.write_identifier(around, writer))
    }
}
