//! The traits that a public type is expected to have.

use crate::Findings;
use crate::rustdoc::Documented;
use rustdoc_types::{Item, ItemEnum, VariantKind};

/// What every type has: it crosses threads and awaits, and can stand in another type's derived `Debug`.
const ALWAYS: &[&str] = &["Send", "Sync", "Unpin", "Debug"];

/// What a choice among names has besides: it is passed on, compared and counted by.
const OF_CHOICES: &[&str] = &["Clone", "Copy", "PartialEq", "Eq", "Hash"];

/// What the table shows.
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
        if is_choice(documented, item) {
            expected.extend(OF_CHOICES);
        } else if has(&"PartialEq") {
            // No public type holds a float by itself.
            expected.push("Eq");
        }
        for missing in expected.into_iter().filter(|name| !has(name)) {
            findings.push(format!(
                "`{path}` is not `{missing}`, as public types like it are; {}",
                match missing {
                    "Send" | "Sync" | "Unpin" => "hold nothing in it that is not",
                    _ => "derive or write it",
                },
            ));
        }
    }
    findings
}

/// Each public type with the common traits that it lacks.
pub(crate) fn table(documented: &Documented) -> String {
    let line = |(path, item): (String, &Item)| {
        let lacks: Vec<_> = COMMON
            .iter()
            .copied()
            .filter(|name| !has(documented, item, name))
            .collect();
        format!("{path} lacks {}\n", lacks.join(" "))
    };
    documented.types().into_iter().map(line).collect()
}

/// Whether it is an enum of names alone.
fn is_choice(documented: &Documented, item: &Item) -> bool {
    let ItemEnum::Enum(of) = &item.inner else {
        return false;
    };
    // One without any is a name of something at compile time, and has no value.
    !of.variants.is_empty()
        && of.variants.iter().all(|id| {
            let variant = documented.item(*id).map(|item| &item.inner);
            matches!(variant, Some(ItemEnum::Variant(of)) if matches!(of.kind, VariantKind::Plain))
        })
}

/// Whether the type has the trait by itself: not as every type has it.
fn has(documented: &Documented, item: &Item, name: &str) -> bool {
    documented.impls_of(item.id).any(|(_, _, one)| {
        let is_it = one
            .trait_
            .as_ref()
            .is_some_and(|of| of.path.rsplit("::").next() == Some(name));
        is_it && !one.is_negative && one.blanket_impl.is_none()
    })
}
