//! The crates whose types are in the public API: a new major version of one of them requires a new
//! major version of this crate. An item that a library exports counts as its own.

use crate::snapshot::Line;
use crate::{Findings, Library};
use std::collections::BTreeSet;

/// The allowed crates: std, and crates that most applications have and that are stable.
const PUBLIC: &[&str] = &[
    "alloc",
    "core",
    "std",
    "chrono",
    "http",
    "serde",
    // Defines serde's traits.
    "serde_core",
    "serde_json",
    "uuid",
];

/// Crates that are allowed with a feature, which exists for that crate.
const OPT_IN: &[(&str, &str)] = &[
    ("bytes", "bytes"),
    ("chrono_tz", "chrono-tz-0_10"),
    // The trait of the pages of an inbox.
    ("futures_core", "futures-core-0_3"),
    ("jiff", "jiff"),
    // The type of the HTTP client that an application passes.
    ("reqwest", "reqwest-0_13"),
    ("rust_decimal", "rust_decimal"),
    ("time", "time-0_3"),
    ("url", "url"),
];

pub(crate) fn check(libraries: [&Library; 2]) -> Findings {
    let mut findings = Findings::new();
    for library in libraries {
        let documented = &library.documented;
        let crates: BTreeSet<_> = documented
            .json
            .external_crates
            .values()
            .map(|one| one.name.as_str())
            .filter(|name| *name != documented.name())
            .collect();
        findings.extend(judge(&library.lines, |name| crates.contains(name)));
    }
    for (name, feature) in OPT_IN {
        let has_crate = |line: &Line| paths(&line.item).any(|(head, _)| head == *name);
        if !libraries.iter().any(|one| one.lines.iter().any(has_crate)) {
            findings.push(format!(
                "`{name}` is no longer in the public API with the feature `{feature}`; remove it from tests/conventions/foreign.rs",
            ));
        }
    }
    findings
}

fn judge(lines: &[Line], is_crate: impl Fn(&str) -> bool) -> Findings {
    let mut findings = Findings::new();
    for Line { needs, item } in lines {
        let foreign = paths(item).filter(|(head, _)| {
            let is_opted_in = OPT_IN
                .iter()
                .any(|(name, feature)| name == head && needs == feature);
            is_crate(head) && !PUBLIC.contains(head) && !is_opted_in
        });
        for name in foreign.map(|(head, _)| head).collect::<BTreeSet<_>>() {
            findings.push(format!(
                "the crate `{name}` is in the public API, in `{item}`; take or return a type of std or of this crate",
            ));
        }
    }
    findings
}

/// The paths in an item, each with its first segment.
fn paths(item: &str) -> impl Iterator<Item = (&str, &str)> {
    item.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
        .filter_map(|path| Some((path.split_once("::")?.0, path)))
        .filter(|(head, _)| !head.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{judge, paths};
    use crate::snapshot::Line;

    fn judged(needs: &str, item: &str) -> Vec<String> {
        let line = Line {
            needs: needs.to_owned(),
            item: item.to_owned(),
        };
        judge(&[line], |name| {
            ["http", "bytes", "url", "lunogram_rules"].contains(&name)
        })
    }

    #[test]
    fn each_path_starts_with_its_crate() {
        let item = "pub fn lunogram::A::f<T: http::B>(&self, &mut [bytes::Bytes]) -> T::Item";
        let heads: Vec<_> = paths(item).map(|(head, _)| head).collect();
        assert_eq!(heads, ["lunogram", "http", "bytes", "T"]);
    }

    #[test]
    fn a_foreign_crate_is_reported_with_its_item() {
        let findings = judged("", "pub fn lunogram::a(bytes::Bytes, http::Uri)");
        assert_eq!(findings.len(), 1, "{findings:#?}");
        assert!(findings[0].contains("`bytes`") && findings[0].contains("lunogram::a"));
    }

    #[test]
    fn an_opt_in_crate_needs_its_feature() {
        assert!(judged("url", "pub fn lunogram::a(url::Url)").is_empty());
        assert_eq!(judged("", "pub fn lunogram::a(url::Url)").len(), 1);
        assert_eq!(judged("spool", "pub fn lunogram::a(url::Url)").len(), 1);
    }

    #[test]
    fn an_item_of_the_rules_that_is_not_exported_is_foreign() {
        let findings = judged("", "pub fn lunogram::a(lunogram_rules::name::Name)");
        assert_eq!(findings.len(), 1, "{findings:#?}");
        assert!(judged("", "pub fn lunogram::a(lunogram::values::Violation)").is_empty());
    }
}
