//! The features that each item of the public API needs according to its page, compared with the
//! items that exist without features.

use crate::Findings;
use crate::cfg::conditions;
use crate::rustdoc::Documented;
use crate::snapshot::Line;
use rustdoc_types::{Attribute, Id, Item, ItemEnum, StructKind, VariantKind};
use std::collections::{BTreeSet, HashMap};
use std::error::Error;

/// The features that each item needs.
pub(crate) struct Needs {
    of: HashMap<Id, BTreeSet<String>>,
}

impl Needs {
    /// # Errors
    /// When a condition has an unknown notation.
    pub(crate) fn of(documented: &Documented) -> Result<Self, Box<dyn Error>> {
        let mut named = HashMap::new();
        visit(
            documented,
            documented.json.root,
            &BTreeSet::new(),
            &mut named,
        )?;
        let mut of = named.clone();
        for (owner, needs) in &named {
            for (id, item, implementation) in documented.impls_of(*owner) {
                // An implementation exists if both its type and its trait do.
                let needs = needs | &own(item)?;
                let together: &mut BTreeSet<String> = of.entry(id).or_default();
                together.extend(needs);
                let together = together.clone();
                for inside in &implementation.items {
                    let Some(item) = documented.item(*inside) else {
                        continue;
                    };
                    of.entry(*inside)
                        .or_default()
                        .extend(&together | &own(item)?);
                }
            }
        }
        Ok(Self { of })
    }

    pub(crate) fn get(&self, id: Id) -> Option<&BTreeSet<String>> {
        self.of.get(&id)
    }
}

/// The features that the item's own attributes require.
fn own(item: &Item) -> Result<BTreeSet<String>, String> {
    let mut needed = BTreeSet::new();
    for attribute in &item.attrs {
        if let Attribute::Other(text) = attribute {
            needed.extend(conditions(text)?);
        }
    }
    Ok(needed)
}

/// Visits the items that paths lead to. An item exists if any path to it does, so it needs only the
/// features that all paths need.
fn visit(
    documented: &Documented,
    id: Id,
    outside: &BTreeSet<String>,
    named: &mut HashMap<Id, BTreeSet<String>>,
) -> Result<(), String> {
    let Some(item) = documented.item(id) else {
        return Ok(());
    };
    let mut needed = outside | &own(item)?;
    if let Some(known) = named.get(&id) {
        needed = &needed & known;
        if needed == *known {
            return Ok(());
        }
    }
    named.insert(id, needed.clone());
    inside(item)
        .into_iter()
        .try_for_each(|inside| visit(documented, inside, &needed, named))
}

/// The items whose paths continue the path of an item.
fn inside(item: &Item) -> Vec<Id> {
    match &item.inner {
        ItemEnum::Module(module) => module.items.clone(),
        ItemEnum::Use(other) => other.id.into_iter().collect(),
        ItemEnum::Struct(of) => match &of.kind {
            StructKind::Unit => Vec::new(),
            StructKind::Tuple(fields) => fields.iter().copied().flatten().collect(),
            StructKind::Plain { fields, .. } => fields.clone(),
        },
        ItemEnum::Enum(of) => of.variants.clone(),
        ItemEnum::Union(of) => of.fields.clone(),
        ItemEnum::Variant(of) => match &of.kind {
            VariantKind::Plain => Vec::new(),
            VariantKind::Tuple(fields) => fields.iter().copied().flatten().collect(),
            VariantKind::Struct { fields, .. } => fields.clone(),
        },
        ItemEnum::Trait(of) => of.items.clone(),
        _ => Vec::new(),
    }
}

/// Compares the features on the pages with the API `without` features.
pub(crate) fn check(lines: &[Line], without: &[Line]) -> Findings {
    let without: BTreeSet<_> = without.iter().map(|line| line.item.as_str()).collect();
    let mut findings = Findings::new();
    for line in lines {
        match (line.needs.is_empty(), without.contains(line.item.as_str())) {
            (true, false) => findings.push(format!(
                "`{}` needs a feature that its page does not show; write `#[cfg(feature = \"…\")]` on the item itself, or \
                 on its public module or `pub use`",
                line.item,
            )),
            (false, true) => findings.push(format!(
                "`{}` exists without features, but its page requires {}; move the `#[cfg(…)]`",
                line.item, line.needs,
            )),
            _ => {}
        }
    }
    let listed: BTreeSet<_> = lines.iter().map(|line| line.item.as_str()).collect();
    for missing in without.difference(&listed) {
        findings.push(format!(
            "`{missing}` exists without features, but not with all of them; a feature may only add",
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::snapshot::Line;

    fn line(needs: &str, item: &str) -> Line {
        Line {
            needs: needs.to_owned(),
            item: item.to_owned(),
        }
    }

    #[test]
    fn correct_pages_have_no_findings() {
        let without = [line("", "pub fn a()")];
        assert!(
            check(
                &[line("", "pub fn a()"), line("spool", "pub fn b()")],
                &without
            )
            .is_empty()
        );
    }

    #[test]
    fn each_difference_is_a_finding() {
        let without = [line("", "pub fn b()"), line("", "pub fn c()")];
        let findings = check(
            &[line("", "pub fn a()"), line("spool", "pub fn b()")],
            &without,
        );
        assert_eq!(findings.len(), 3, "{findings:#?}");
        assert!(
            findings[0].starts_with("`pub fn a()` needs a feature that"),
            "{}",
            findings[0]
        );
        assert!(
            findings[1].contains("its page requires spool"),
            "{}",
            findings[1]
        );
        assert!(
            findings[2].ends_with("a feature may only add"),
            "{}",
            findings[2]
        );
    }
}
