//! The crates whose types are in the public API: a new major version of one of them requires a new
//! major version of this crate.

use crate::Findings;
use crate::rustdoc::Documented;
use crate::snapshot::Line;
use std::collections::BTreeSet;

/// The allowed crates: std, and crates that most applications have and that are stable.
const PUBLIC: &[&str] = &[
    "lunogram",
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

/// Paths of other crates that are re-exported as items of this crate.
const OURS: &[&str] = &[
    // Exported as `lunogram::values::Violation`; both crates are released under one version.
    "lunogram_rules::violation::Violation",
];

/// Crates that are allowed with a feature, which exists for that crate.
const OPT_IN: &[(&str, &str)] = &[
    ("chrono_tz", "chrono-tz-0_10"),
    // The trait of the pages of an inbox.
    ("futures_core", "futures-core-0_3"),
    // The type of the HTTP client that an application passes.
    ("reqwest", "reqwest-0_13"),
    ("url", "url"),
];

pub(crate) fn check(documented: &Documented, lines: &[Line]) -> Findings {
    let crates: BTreeSet<_> = documented
        .json
        .external_crates
        .values()
        .map(|one| one.name.as_str())
        .collect();
    let mut findings = judge(lines, |name| crates.contains(name));
    for (name, feature) in OPT_IN {
        let has_crate = |line: &Line| paths(&line.item).any(|(head, _)| head == *name);
        if !lines.iter().any(has_crate) {
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
        let foreign = paths(item).filter(|(head, path)| {
            let is_opted_in = OPT_IN
                .iter()
                .any(|(name, feature)| name == head && needs == feature);
            is_crate(head) && !PUBLIC.contains(head) && !OURS.contains(path) && !is_opted_in
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
    fn only_exported_items_of_the_rules_are_allowed() {
        assert!(
            judged(
                "",
                "pub fn lunogram::a(lunogram_rules::violation::Violation)"
            )
            .is_empty()
        );
        assert_eq!(
            judged("", "pub fn lunogram::a(lunogram_rules::name::Name)").len(),
            1
        );
    }
}
