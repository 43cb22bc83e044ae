//! Standard types that the derives recognise by name.

use chrono::{DateTime, NaiveDate, TimeZone};
use std::num::NonZero;

/// Proves that a type is the standard one of its name: `String` is the standard library's, and not
/// an application's type of the same name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the standard type of that name",
    label = "has the name of a standard type",
    note = "with a tracking plan, a field's type is taken for the standard type of its name; rename this type, or write its path"
)]
pub trait Is<Kind> {}

/// The kinds of standard types.
#[expect(missing_docs, reason = "the names describe them")]
pub mod kind {
    use std::marker::PhantomData;

    pub struct Boolean;
    pub struct Integer;
    pub struct Number;
    pub struct Text;
    pub struct Uuid;
    pub struct Moment;
    pub struct Date;
    pub struct Maybe<Kind>(PhantomData<Kind>);
    pub struct List<Kind>(PhantomData<Kind>);
}

macro_rules! is {
    ($($kind:ident => $($type:ty),+;)+) => {
        $($(impl Is<kind::$kind> for $type {})+)+
    };
}

is! {
    Boolean => bool;
    Integer => i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize;
    Number => f32, f64;
    Text => char, str, String;
    Uuid => uuid::Uuid;
    Date => NaiveDate;
}

impl<Z: TimeZone> Is<kind::Moment> for DateTime<Z> {}

macro_rules! non_zero {
    ($($type:ty),+) => {
        $(impl Is<kind::Integer> for NonZero<$type> {})+
    };
}

non_zero!(
    i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize
);

impl<Kind, T: Is<Kind>> Is<kind::Maybe<Kind>> for Option<T> {}
impl<Kind, T: Is<Kind>> Is<kind::List<Kind>> for Vec<T> {}
impl<Kind, T: Is<Kind> + ?Sized> Is<Kind> for &T {}
