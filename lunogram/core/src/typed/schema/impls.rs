//! The schemas of standard types and of those of other crates.

use super::{LunogramProperty, Presence, Property, Schema};
use crate::values::{
    Email, EventName, ExternalId, Interval, Locale, Phone, ScheduleName, TimeZone as ZoneName,
};
use chrono::{DateTime, Month, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Weekday};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::{NonZero, Saturating, Wrapping};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, SystemTime};

macro_rules! schemas {
    ($($schema:expr $(, as a property $property:expr)? => $($type:ty),+;)+) => {
        $(schemas!(@each $schema, ($($property)?), $($type),+);)+
    };
    (@each $schema:expr, $property:tt, $($type:ty),+) => {
        $(schemas!(@one $schema, $property, $type);)+
    };
    (@one $schema:expr, ($($property:expr)?), $type:ty) => {
        #[diagnostic::do_not_recommend]
        impl LunogramProperty for $type {
            const SCHEMA: Schema = $schema;
            $(const PROPERTY: Schema = $property;)?
        }
    };
}

schemas! {
    Schema::BOOLEAN => bool;
    Schema::INTEGER => i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize;
    Schema::NUMBER => f32, f64, serde_json::Number;
    Schema::STRING => char, str, String, Path, PathBuf;
    Schema::STRING => IpAddr, SocketAddr, SocketAddrV4, SocketAddrV6;
    Schema::STRING => EventName, Interval, Locale, Phone, ScheduleName, ExternalId, ZoneName;
    Schema::format("email") => Email;
    Schema::format("ipv4") => Ipv4Addr;
    Schema::format("ipv6") => Ipv6Addr;
    Schema::format("uuid") => uuid::Uuid;
    Schema::format("date") => NaiveDate;
    // Without a UTC offset they are not `date-time`.
    Schema::STRING => NaiveDateTime, NaiveTime, Month, Weekday;
    Schema::NULL => ();
    Schema::ANY => serde_json::Value;
    Schema::map(&Schema::ANY) => serde_json::Map<String, serde_json::Value>;
    Schema::object(&DURATION), as a property Schema::NUMBER => Duration;
    Schema::tuple(&[Schema::INTEGER, Schema::INTEGER]), as a property Schema::NUMBER => TimeDelta;
    Schema::object(&SINCE_EPOCH), as a property Schema::format("date-time") => SystemTime;
}

const DURATION: [Property; 2] = [integer("\"nanos\""), integer("\"secs\"")];

const SINCE_EPOCH: [Property; 2] = [
    integer("\"nanos_since_epoch\""),
    integer("\"secs_since_epoch\""),
];

const fn integer(key: &'static str) -> Property {
    Property {
        key,
        schema: Schema::INTEGER,
        presence: Presence::Always,
    }
}

impl<Z: TimeZone> LunogramProperty for DateTime<Z> {
    const SCHEMA: Schema = Schema::format("date-time");
}

impl<T: ?Sized> LunogramProperty for PhantomData<T> {
    const SCHEMA: Schema = Schema::NULL;
}

impl<T: LunogramProperty> LunogramProperty for Option<T> {
    const SCHEMA: Schema = Schema::nullable(&T::SCHEMA);
    const PROPERTY: Schema = Schema::nullable(&T::PROPERTY);
}

/// Types that serialize as their content.
macro_rules! transparent {
    ($($type:ty),+) => {
        $(
            impl<T: LunogramProperty + ?Sized> LunogramProperty for $type {
                const SCHEMA: Schema = T::SCHEMA;
            }
        )+
    };
}

transparent!(RefCell<T>, Mutex<T>, RwLock<T>);

macro_rules! pointers {
    ($($type:ty),+) => {
        $(
            impl<T: LunogramProperty + ?Sized> LunogramProperty for $type {
                const SCHEMA: Schema = T::SCHEMA;
                const PROPERTY: Schema = T::PROPERTY;
            }
        )+
    };
}

pointers!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

impl<T: LunogramProperty> LunogramProperty for Cell<T> {
    const SCHEMA: Schema = T::SCHEMA;
}

impl<T: LunogramProperty> LunogramProperty for Reverse<T> {
    const SCHEMA: Schema = T::SCHEMA;
}

impl<T: LunogramProperty> LunogramProperty for Wrapping<T> {
    const SCHEMA: Schema = T::SCHEMA;
}

impl<T: LunogramProperty> LunogramProperty for Saturating<T> {
    const SCHEMA: Schema = T::SCHEMA;
}

macro_rules! non_zero {
    ($($type:ty),+) => {
        $(
            #[diagnostic::do_not_recommend]
            impl LunogramProperty for NonZero<$type> {
                const SCHEMA: Schema = Schema::INTEGER;
            }
        )+
    };
}

non_zero!(
    i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize
);

impl<T: LunogramProperty + ToOwned + ?Sized> LunogramProperty for Cow<'_, T> {
    const SCHEMA: Schema = T::SCHEMA;
    const PROPERTY: Schema = T::PROPERTY;
}

macro_rules! lists {
    ($(($($parameters:tt)*) $type:ty;)+) => {
        $(
            impl<T: LunogramProperty, $($parameters)*> LunogramProperty for $type {
                const SCHEMA: Schema = Schema::list(&T::SCHEMA);
                const PROPERTY: Schema = Schema::list(&T::PROPERTY);
            }
        )+
    };
}

lists! {
    () [T];
    () Vec<T>;
    () VecDeque<T>;
    () LinkedList<T>;
    () BinaryHeap<T>;
    () BTreeSet<T>;
    (S) HashSet<T, S>;
    (const N: usize) [T; N];
}

impl<K, V: LunogramProperty> LunogramProperty for BTreeMap<K, V> {
    const SCHEMA: Schema = Schema::map(&V::SCHEMA);
    const PROPERTY: Schema = Schema::map(&V::PROPERTY);
}

impl<K, V: LunogramProperty, S> LunogramProperty for HashMap<K, V, S> {
    const SCHEMA: Schema = Schema::map(&V::SCHEMA);
    const PROPERTY: Schema = Schema::map(&V::PROPERTY);
}

macro_rules! tuples {
    ($(($($name:ident)+))+) => {
        $(
            #[diagnostic::do_not_recommend]
            impl<$($name: LunogramProperty),+> LunogramProperty for ($($name,)+) {
                const SCHEMA: Schema = Schema::tuple(&[$($name::SCHEMA),+]);
            }
        )+
    };
}

tuples! {
    (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H)
}
