//! The crates whose types show in the public API: a new major version of one of them is one of ours.

use crate::Findings;
use crate::rustdoc::Documented;
use crate::snapshot::Line;
use std::collections::BTreeSet;

/// The crates that may: std, and those that an application has anyway and that are past 1.0, or as good as.
const PUBLIC: &[&str] = &[
    "lunogram",
    "alloc",
    "core",
    "std",
    "chrono",
    "http",
    "serde",
    // Where serde keeps its traits.
    "serde_core",
    "serde_json",
    "uuid",
];

/// The paths of other crates that stand for an item of ours.
const OURS: &[&str] = &[
    // Exported as `lunogram::values::Violation`, and released with it under one version.
    "lunogram_rules::violation::Violation",
];

/// The crates that show where a feature was chosen for their sake, each with it.
const CHOSEN: &[(&str, &str)] = &[
    ("chrono_tz", "chrono-tz"),
    // Whoever brings a client of their own names its type.
    ("reqwest", "reqwest"),
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
    for (name, feature) in CHOSEN {
        let shows = |line: &Line| paths(&line.item).any(|(head, _)| head == *name);
        if !lines.iter().any(shows) {
            findings.push(format!(
                "`{name}` no longer shows with the feature `{feature}`; remove it from tests/conventions/foreign.rs",
            ));
        }
    }
    findings
}

fn judge(lines: &[Line], is_crate: impl Fn(&str) -> bool) -> Findings {
    let mut findings = Findings::new();
    for Line { needs, item } in lines {
        let strange = paths(item).filter(|(head, path)| {
            let is_chosen = CHOSEN
                .iter()
                .any(|(name, feature)| name == head && needs == feature);
            is_crate(head) && !PUBLIC.contains(head) && !OURS.contains(path) && !is_chosen
        });
        for name in strange.map(|(head, _)| head).collect::<BTreeSet<_>>() {
            findings.push(format!(
                "the crate `{name}` shows in the public API, in `{item}`; take or return a type of std's or one of ours",
            ));
        }
    }
    findings
}

/// The paths in the item, each after its first word.
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
    fn another_crate_is_told_with_its_item() {
        let findings = judged("", "pub fn lunogram::a(bytes::Bytes, http::Uri)");
        assert_eq!(findings.len(), 1, "{findings:#?}");
        assert!(findings[0].contains("`bytes`") && findings[0].contains("lunogram::a"));
    }

    #[test]
    fn a_crate_shows_with_the_feature_for_it_and_not_without() {
        assert!(judged("url", "pub fn lunogram::a(url::Url)").is_empty());
        assert_eq!(judged("", "pub fn lunogram::a(url::Url)").len(), 1);
        assert_eq!(judged("spool", "pub fn lunogram::a(url::Url)").len(), 1);
    }

    #[test]
    fn of_the_rules_only_what_is_exported_shows() {
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
