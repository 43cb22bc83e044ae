//! The types that can be external ids.

use crate::encode::Writer;
use crate::values::{Email, ExternalId, Phone};
use std::borrow::Cow;
use std::fmt::Display;
use std::rc::Rc;
use std::sync::Arc;

/// A type that can be an external id: strings, integers, [`Uuid`](uuid::Uuid), and newtypes.
///
/// For an application's newtype that implements [`Display`], one line is enough:
///
/// ```
/// # use std::fmt;
/// struct UserId(u64);
///
/// impl fmt::Display for UserId {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         write!(f, "user_{}", self.0)
///     }
/// }
///
/// impl lunogram::ToExternalId for UserId {}
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an external id",
    label = "not an external id",
    note = "an external id is a string, an integer, a `Uuid`, or an `Option` or reference of one",
    note = "a newtype that implements `Display` becomes one with `impl lunogram::ToExternalId for {Self} {{}}`"
)]
pub trait ToExternalId: Display {
    /// Writes the id as a JSON string, and returns whether it is empty.
    #[doc(hidden)]
    fn write_external_id(&self, writer: &mut Writer<'_>) -> bool {
        writer.display(&self)
    }
}

macro_rules! text {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl ToExternalId for $type {
            #[inline]
            fn write_external_id(&self, writer: &mut Writer<'_>) -> bool {
                let text: &str = self.as_ref();
                writer.string(text);
                text.is_empty()
            }
        }
    )*};
}

text!(str, String, Cow<'_, str>, Email, Phone, ExternalId);

macro_rules! displayed {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl ToExternalId for $type {}
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
            #[inline]
            fn write_external_id(&self, writer: &mut Writer<'_>) -> bool {
                (**self).write_external_id(writer)
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
    note = "an external id is a string, an integer, a `Uuid`, or an `Option` or reference of one",
    note = "a newtype that implements `Display` becomes one with `impl lunogram::ToExternalId for … {{}}`"
)]
pub trait ExternalIdField {
    /// Writes `open` and the id, and returns whether there was an id. Without one, nothing is
    /// written.
    fn write_identifier(&self, open: &'static str, writer: &mut Writer<'_>) -> bool;
}

#[diagnostic::do_not_recommend]
impl<T: ToExternalId + ?Sized> ExternalIdField for T {
    fn write_identifier(&self, open: &'static str, writer: &mut Writer<'_>) -> bool {
        writer.literal(open);
        if self.write_external_id(writer) {
            writer.report_empty_external_id();
        }
        true
    }
}

#[diagnostic::do_not_recommend]
impl<T: ToExternalId> ExternalIdField for Option<T> {
    fn write_identifier(&self, open: &'static str, writer: &mut Writer<'_>) -> bool {
        self.as_ref()
            .is_some_and(|id| id.write_identifier(open, writer))
    }
}
