//! Containers, whose content is written in its form.

use super::{Done, InForm, OwnForm, Schema};
use crate::encode::ValueSerializer;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

impl<T: OwnForm> OwnForm for Option<T> {
    type Form = T::Form;
}

impl<F, T: InForm<F>> InForm<F> for Option<T> {
    const SCHEMA: Schema = Schema::nullable(&T::SCHEMA);

    fn write(&self, to: ValueSerializer<'_, '_>) -> Done {
        match self {
            Some(value) => value.write(to.in_some()),
            None => serde::Serializer::serialize_none(to),
        }
    }
}

/// Pointers: their content itself is written.
macro_rules! pointers {
    ($($type:ty),+) => {
        $(
            impl<T: OwnForm + ?Sized> OwnForm for $type {
                type Form = T::Form;
            }

            impl<F, T: InForm<F> + ?Sized> InForm<F> for $type {
                const SCHEMA: Schema = T::SCHEMA;

                fn write(&self, to: ValueSerializer<'_, '_>) -> Done {
                    (**self).write(to)
                }
            }
        )+
    };
}

pointers!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

impl<T: OwnForm + ToOwned + ?Sized> OwnForm for Cow<'_, T> {
    type Form = T::Form;
}

impl<F, T: InForm<F> + ToOwned + ?Sized> InForm<F> for Cow<'_, T> {
    const SCHEMA: Schema = T::SCHEMA;

    fn write(&self, to: ValueSerializer<'_, '_>) -> Done {
        (**self).write(to)
    }
}

macro_rules! lists {
    ($(($($parameters:tt)*) $type:ty;)+) => {
        $(
            impl<T: OwnForm, $($parameters)*> OwnForm for $type {
                type Form = T::Form;
            }

            impl<F, T: InForm<F>, $($parameters)*> InForm<F> for $type {
                const SCHEMA: Schema = Schema::list(&T::SCHEMA);

                fn write(&self, to: ValueSerializer<'_, '_>) -> Done {
                    to.list(self, |item, to| item.write(to))
                }
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

macro_rules! maps {
    ($(($($parameters:tt)*) $type:ty;)+) => {
        $(
            impl<K: Serialize, T: OwnForm, $($parameters)*> OwnForm for $type {
                type Form = T::Form;
            }

            impl<F, K: Serialize, T: InForm<F>, $($parameters)*> InForm<F> for $type {
                const SCHEMA: Schema = Schema::map(&T::SCHEMA);

                fn write(&self, to: ValueSerializer<'_, '_>) -> Done {
                    to.map(self, |value, to| value.write(to))
                }
            }
        )+
    };
}

maps! {
    () BTreeMap<K, T>;
    (S) HashMap<K, T, S>;
}
