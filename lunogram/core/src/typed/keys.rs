//! The keys of flattened types, as far as they are known at compile time.

use super::const_string::ConstString;
use super::{LunogramEvent, Schedule, Traits};
use std::marker::PhantomData;

/// A list of names in one literal, joined by U+001F, which a derive lays out at compile
/// time.
pub type Name = &'static str;

/// Several such lists.
pub type Names = &'static [Name];

/// Finds the `KEYS` of a type that implements one of our traits. For other types the constant of
/// the same name in [`NoKeys`] is found, because inherent constants take precedence.
pub struct Probe<T: ?Sized>(PhantomData<T>);

#[doc(hidden)]
impl<T: LunogramEvent + ?Sized> Probe<T> {
    pub const EVENT: Names = T::KEYS;
}

#[doc(hidden)]
impl<T: Traits + ?Sized> Probe<T> {
    pub const TRAITS: Names = T::KEYS;
}

#[doc(hidden)]
impl<T: Schedule + ?Sized> Probe<T> {
    pub const SCHEDULE: Names = T::KEYS;
}

/// The fallback of [`Probe`] for types without one of our traits: no keys are known.
#[doc(hidden)]
pub trait NoKeys {
    const EVENT: Names = &[];
    const TRAITS: Names = &[];
    const SCHEDULE: Names = &[];
}

impl<T: ?Sized> NoKeys for Probe<T> {}

/// Separates the names of a list.
const SEPARATOR: char = '\u{1f}';

/// The names of a list.
pub(crate) fn names(list: Name) -> impl Iterator<Item = Name> {
    list.split(SEPARATOR).filter(|name| !name.is_empty())
}

/// Separates a name from its origin, for fields that are not sent as the property of that name.
const ORIGIN: char = '\u{1e}';

/// The names of a list that have an origin, with that origin.
pub fn origins(list: Name) -> impl Iterator<Item = (Name, Name)> {
    names(list).filter_map(|name| name.split_once(ORIGIN))
}

/// The keys of the first type that has any. A type that implements several of our traits has the
/// same keys by each.
#[must_use]
pub const fn first_of(types: &[Names]) -> Name {
    let mut at = 0;
    while at < types.len() {
        if !types[at].is_empty() {
            return types[at][0];
        }
        at += 1;
    }
    ""
}

/// Fails to compile if one of `lists` contains a key of the flattened type.
///
/// # Panics
/// In that case; at compile time, since only constants call it.
#[track_caller]
pub const fn assert_disjoint(lists: &[Name], flattened: Name) {
    let mut keys = flattened;
    while !keys.is_empty() {
        let (key, rest) = split(keys);
        let mut list = 0;
        while list < lists.len() {
            if contains(lists[list], key) {
                refuse(key);
            }
            list += 1;
        }
        keys = rest;
    }
}

const fn contains(list: &str, key: &str) -> bool {
    let mut names = list;
    while !names.is_empty() {
        let (name, rest) = split(names);
        if equal(name.as_bytes(), key.as_bytes()) {
            return true;
        }
        names = rest;
    }
    false
}

/// The first name of a list without its origin, and the rest of the list.
const fn split(list: &str) -> (&str, &str) {
    let bytes = list.as_bytes();
    let (mut at, mut end) = (0, None);
    while at < bytes.len() && bytes[at] != SEPARATOR as u8 {
        if bytes[at] == ORIGIN as u8 {
            end = Some(at);
        }
        at += 1;
    }
    let (entry, rest) = list.split_at(at);
    let name = match end {
        Some(end) => entry.split_at(end).0,
        None => entry,
    };
    let rest = if rest.is_empty() {
        rest
    } else {
        rest.split_at(1).1
    };
    (name, rest)
}

pub(super) const fn equal(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    if one.len() != other.len() {
        return false;
    }
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[track_caller]
const fn refuse(key: &str) -> ! {
    let mut buffer = [0; 256];
    let mut text = ConstString::new(&mut buffer);
    text.push("property `");
    text.push(if key.len() < 128 { key } else { "…" });
    text.push("` is named twice: the flattened value has it, too; rename one of the two");
    panic!("{}", text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_keys_are_found() {
        assert_disjoint(&[], "a");
        assert_disjoint(&["b\u{1f}ab\u{1e}=a", ""], "a\u{1f}abc");
        let both = || assert_disjoint(&["b", "ab\u{1f}abc"], "a\u{1f}abc\u{1e}@default");
        let panic = std::panic::catch_unwind(both).expect_err("`abc` is in both");
        assert_eq!(
            panic.downcast_ref::<String>().map(String::as_str),
            Some(
                "property `abc` is named twice: the flattened value has it, too; rename one of the two"
            )
        );
    }

    #[test]
    fn the_first_list_with_keys_is_used() {
        assert_eq!(first_of(&[&[], &["a"], &["b"]]), "a");
        assert!(first_of(&[&[], &[]]).is_empty());
    }
}
