//! `#[non_exhaustive]` stands on the structs whose public fields may become more, and on no other
//! struct: private fields keep other crates from naming all of them anyway.

use crate::Findings;
use crate::snapshot::Line;

/// Structs with public fields that applications write as literals, each with the reason why no
/// field will be added.
const COMPLETE: &[&str] = &[
    // The fields are those of the `PushSubscription` of browsers.
    "lunogram::push::WebPush",
];

const MARK: &str = "#[non_exhaustive] ";

pub(crate) fn check(lines: &[Line]) -> Findings {
    let mut findings = Findings::new();
    for line in lines {
        let (item, is_marked) = match line.item.strip_prefix(MARK) {
            Some(item) => (item, true),
            None => (&*line.item, false),
        };
        let Some(path) = item.strip_prefix("pub struct ") else {
            continue;
        };
        let path = path.split(['<', '(', ' ']).next().unwrap_or(path);
        let field = format!("pub {path}::");
        let has_fields = lines.iter().any(|line| line.item.starts_with(&field));
        if is_marked && !has_fields {
            findings.push(format!(
                "`{path}` has no public field; remove its `#[non_exhaustive]`",
            ));
        }
        if has_fields && is_marked == COMPLETE.contains(&path) {
            findings.push(format!(
                "`{path}` has public fields; mark it `#[non_exhaustive]`, or list it in tests/conventions/growth.rs",
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::snapshot::Line;

    fn findings(items: &[&str]) -> Vec<String> {
        let line = |item: &&str| Line {
            needs: String::new(),
            item: (*item).to_owned(),
        };
        check(&items.iter().map(line).collect::<Vec<_>>())
    }

    #[test]
    fn public_fields_need_the_mark() {
        let field = "pub lunogram::Page::total: u64";
        let marked = "#[non_exhaustive] pub struct lunogram::Page";
        assert_eq!(findings(&["pub struct lunogram::Page", field]).len(), 1);
        assert!(findings(&[marked, field]).is_empty());
    }

    #[test]
    fn private_fields_need_none() {
        let method = "pub fn lunogram::Stats::total(&self) -> u64";
        let marked = "#[non_exhaustive] pub struct lunogram::Stats<'a>";
        assert!(findings(&["pub struct lunogram::Stats<'a>", method]).is_empty());
        assert_eq!(findings(&[marked, method]).len(), 1);
    }

    #[test]
    fn a_complete_struct_has_no_mark() {
        let field = "pub lunogram::push::WebPush::auth: String";
        let marked = "#[non_exhaustive] pub struct lunogram::push::WebPush";
        assert!(findings(&["pub struct lunogram::push::WebPush", field]).is_empty());
        assert_eq!(findings(&[marked, field]).len(), 1);
    }
}
