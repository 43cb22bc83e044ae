//! The traits that a public type is expected to have.

use crate::Findings;
use crate::rustdoc::Documented;
use rustdoc_types::{Item, ItemEnum, VariantKind};

/// Required of every type, so that it can cross threads and awaits and be part of a type that
/// derives `Debug`.
const ALWAYS: &[&str] = &["Send", "Sync", "Unpin", "Debug"];

/// Also required of an enum without fields, so that it can be copied, compared and used as a key.
const OF_PLAIN_ENUMS: &[&str] = &["Clone", "Copy", "PartialEq", "Eq", "Hash"];

/// The traits that the table shows.
const COMMON: &[&str] = &[
    "Debug",
    "Clone",
    "Copy",
    "PartialEq",
    "Eq",
    "PartialOrd",
    "Ord",
    "Hash",
    "Default",
    "Display",
    "Error",
    "Serialize",
    "Deserialize",
    "Send",
    "Sync",
    "Unpin",
    "UnwindSafe",
];

pub(crate) fn check(documented: &Documented) -> Findings {
    let mut findings = Findings::new();
    for (path, item) in documented.types() {
        let has = |name: &&str| has(documented, item, name);
        let mut expected = ALWAYS.to_vec();
        if is_plain_enum(documented, item) {
            expected.extend(OF_PLAIN_ENUMS);
        } else if has(&"PartialEq") {
            // No public type holds a float.
            expected.push("Eq");
        }
        for missing in expected.into_iter().filter(|name| !has(name)) {
            findings.push(format!(
                "`{path}` does not implement `{missing}`, as similar public types do; {}",
                match missing {
                    "Send" | "Sync" | "Unpin" => "remove the field that prevents it",
                    _ => "derive or implement it",
                },
            ));
        }
    }
    findings
}

/// A line for each public type with the missing common traits.
pub(crate) fn table(documented: &Documented) -> String {
    let line = |(path, item): (String, &Item)| {
        let missing: Vec<_> = COMMON
            .iter()
            .copied()
            .filter(|name| !has(documented, item, name))
            .collect();
        format!("{path} is missing {}\n", missing.join(" "))
    };
    documented.types().into_iter().map(line).collect()
}

/// Whether it is an enum whose variants have no fields.
fn is_plain_enum(documented: &Documented, item: &Item) -> bool {
    let ItemEnum::Enum(of) = &item.inner else {
        return false;
    };
    // An enum without variants is a compile-time marker without values.
    !of.variants.is_empty()
        && of.variants.iter().all(|id| {
            let variant = documented.item(*id).map(|item| &item.inner);
            matches!(variant, Some(ItemEnum::Variant(of)) if matches!(of.kind, VariantKind::Plain))
        })
}

/// Whether the type implements the trait other than by a blanket implementation.
fn has(documented: &Documented, item: &Item, name: &str) -> bool {
    documented.impls_of(item.id).any(|(_, _, one)| {
        let is_it = one
            .trait_
            .as_ref()
            .is_some_and(|of| of.path.rsplit("::").next() == Some(name));
        is_it && !one.is_negative && one.blanket_impl.is_none()
    })
}
