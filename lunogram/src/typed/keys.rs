//! The keys of flattened types, as far as they can be seen while the application compiles.

use super::const_string::ConstString;
use super::{LunogramEvent, OrganizationTraits, Schedule, UserTraits};
use std::marker::PhantomData;

/// A name that a derive lays out at compile time.
pub type Name = &'static str;

/// Several of them.
pub type Names = &'static [Name];

/// Gives the `KEYS` of a type that derives one of our traits. Where it does not, the constant of the same name in
/// [`NoKeys`] is found instead, because inherent ones come first.
pub struct Probe<T: ?Sized>(PhantomData<T>);

#[doc(hidden)]
impl<T: LunogramEvent + ?Sized> Probe<T> {
    pub const EVENT: Names = T::KEYS;
}

#[doc(hidden)]
impl<T: UserTraits + ?Sized> Probe<T> {
    pub const USER: Names = T::KEYS;
}

#[doc(hidden)]
impl<T: OrganizationTraits + ?Sized> Probe<T> {
    pub const ORGANIZATION: Names = T::KEYS;
}

#[doc(hidden)]
impl<T: Schedule + ?Sized> Probe<T> {
    pub const SCHEDULE: Names = T::KEYS;
}

/// What [`Probe`] finds of a type that derives nothing of ours: no keys, which is to say none that can be seen.
#[doc(hidden)]
pub trait NoKeys {
    const EVENT: Names = &[];
    const USER: Names = &[];
    const ORGANIZATION: Names = &[];
    const SCHEDULE: Names = &[];
}

impl<T: ?Sized> NoKeys for Probe<T> {}

/// What stands between the names of a list, so that a list is one literal.
const SEPARATOR: char = '\u{1f}';

/// The names of a list.
pub(crate) fn names(list: Name) -> impl Iterator<Item = Name> {
    list.split(SEPARATOR).filter(|name| !name.is_empty())
}

/// What stands behind a name, before where it comes from.
const ORIGIN: char = '\u{1e}';

/// The names of a list that come from elsewhere, each with where.
#[cfg(feature = "testing")]
pub(crate) fn origins(list: Name) -> impl Iterator<Item = (Name, Name)> {
    names(list).filter_map(|name| name.split_once(ORIGIN))
}

/// The keys of the first type with any: a type that derives several of our traits has the same by each.
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

/// Fails to compile where a key of a flattened type is in one of `lists` already.
///
/// # Panics
/// Then; at compile time, since it is called nowhere else.
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

/// The first name of a list, without where it comes from, and the rest.
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
    let mut text = ConstString::<256>::new();
    text.push("property `");
    text.push(if key.len() < 128 { key } else { "…" });
    text.push("` is named twice: the flattened value brings one too; rename one of the two");
    panic!("{}", text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_common_are_found() {
        assert_disjoint(&[], "a");
        assert_disjoint(&["b\u{1f}ab\u{1e}=a", ""], "a\u{1f}abc");
        let both = || assert_disjoint(&["b", "ab\u{1f}abc"], "a\u{1f}abc\u{1e}@default");
        let panic = std::panic::catch_unwind(both).expect_err("`abc` is in both");
        assert_eq!(
            panic.downcast_ref::<String>().map(String::as_str),
            Some(
                "property `abc` is named twice: the flattened value brings one too; rename one of the two"
            )
        );
    }

    #[test]
    fn the_first_list_with_keys_counts() {
        assert_eq!(first_of(&[&[], &["a"], &["b"]]), "a");
        assert!(first_of(&[&[], &[]]).is_empty());
    }
}
