//! Field types that no value can make right, such as a list as an e-mail address.
//!
//! A text, a scalar or entries may come from any type that implements `Serialize`, also from one
//! that only derives it, so no trait can list the right types. The traits here list the wrong ones
//! among the standard types. The output of other types is checked when it is encoded.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

/// The methods accept every type but those known to be wrong, whose traits no type implements. For
/// a type that is not known to be wrong, the method of the same name in [`MayFit`] is found.
pub struct Fits<T: ?Sized>(PhantomData<T>);

impl<T: ?Sized> Fits<T> {
    /// The only value.
    pub const NEW: Self = Self(PhantomData);
}

/// A type that serializes as a string.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a text",
    label = "not a text",
    note = "`email`, `phone`, `timezone`, `locale` and `name` are texts: a `String`, a `&str`, a newtype of one, or an `Option` of one"
)]
pub trait Text {}

/// A type that serializes as a number or a string.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number",
    label = "not a number",
    note = "`string` sends a number as a string; for the items of a list or map, remove it, or write `#[serde(serialize_with = \"…\")]`"
)]
pub trait Scalar {}

/// A type that serializes as an object.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no entries",
    label = "neither a struct nor a map",
    note = "`flatten` sends the entries of a struct or map as properties; without it, the value is one property"
)]
pub trait Entries {}

/// A standard type that is never a [`Text`].
pub trait NeverText {}
/// A standard type that is never a [`Scalar`].
pub trait NeverScalar {}
/// A standard type that never has [`Entries`].
pub trait NeverEntries {}

#[doc(hidden)]
impl<T: NeverText + ?Sized> Fits<T> {
    #[inline]
    pub fn text(&self)
    where
        T: Text,
    {
    }
}

#[doc(hidden)]
impl<T: NeverScalar + ?Sized> Fits<T> {
    #[inline]
    pub fn scalar(&self)
    where
        T: Scalar,
    {
    }
}

#[doc(hidden)]
impl<T: NeverEntries + ?Sized> Fits<T> {
    #[inline]
    pub fn entries(&self)
    where
        T: Entries,
    {
    }
}

/// The fallback of [`Fits`].
#[doc(hidden)]
pub trait MayFit {
    #[inline]
    fn text(&self) {}
    #[inline]
    fn scalar(&self) {}
    #[inline]
    fn entries(&self) {}
}

impl<T: ?Sized> MayFit for Fits<T> {}

macro_rules! never {
    ($wrong:ident: $([$($parameters:tt)*] $type:ty),+) => {
        $(impl<$($parameters)*> $wrong for $type {})+
    };
}

macro_rules! numbers {
    ($($wrong:ident)+) => {$(
        never!($wrong: [] bool, [] i8, [] i16, [] i32, [] i64, [] i128, [] isize, [] u8, [] u16,
            [] u32, [] u64, [] u128, [] usize, [] f32, [] f64);
    )+};
}

macro_rules! maps {
    ($($wrong:ident)+) => {$(
        never!($wrong: [K, V, S] HashMap<K, V, S>, [K, V] BTreeMap<K, V>);
    )+};
}

macro_rules! lists {
    ($($wrong:ident)+) => {$(
        never!($wrong: [T] [T], [T] Vec<T>, [T] VecDeque<T>, [T] LinkedList<T>, [T] BinaryHeap<T>,
            [T] BTreeSet<T>, [T, S] HashSet<T, S>, [T, const N: usize] [T; N], [A, B] (A, B),
            [A, B, C] (A, B, C), [A, B, C, D] (A, B, C, D));
    )+};
}

numbers!(NeverText NeverEntries);
maps!(NeverText NeverScalar);
lists!(NeverText NeverScalar NeverEntries);
never!(NeverEntries: [] char, [] str, [] String);

macro_rules! contents {
    ($($wrong:ident)+) => {$(
        impl<T: $wrong> $wrong for Option<T> {}
        impl<T: $wrong + ?Sized> $wrong for &T {}
        impl<T: $wrong + ?Sized> $wrong for Box<T> {}
        impl<T: $wrong + ?Sized> $wrong for Rc<T> {}
        impl<T: $wrong + ?Sized> $wrong for Arc<T> {}
        impl<T: $wrong + ToOwned + ?Sized> $wrong for Cow<'_, T> {}
    )+};
}

contents!(NeverText NeverScalar NeverEntries);
