//! The public API as a text file under version control, so that a review shows each change of it.

use crate::exports::Exports;
use crate::features::Needs;
use crate::rustdoc::Documented;
use crate::workspace::Workspace;
use crate::{Findings, Library};
use public_api::PublicItem;
use rustdoc_types::ItemEnum;
use similar::TextDiff;
use std::collections::HashSet;
use std::error::Error;
use std::fmt::{self, Display};
use std::fs;
use std::path::PathBuf;

const ORIGIN: &str = "# Written by `cargo run -p lunogram-conventions -- write`.";

/// An item of the public API.
pub(crate) struct Line {
    /// The features that it needs, separated by commas.
    pub(crate) needs: String,
    pub(crate) item: String,
}

impl Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.needs.is_empty() {
            write!(f, "[{}] ", self.needs)?;
        }
        f.write_str(&self.item)
    }
}

/// # Errors
/// When no path leads to an item.
pub(crate) fn lines(
    documented: &Documented,
    exports: &Exports,
) -> Result<Vec<Line>, Box<dyn Error>> {
    let needs = Needs::of(documented)?;
    let line = |item: &PublicItem| {
        let of = needs
            .get(item.id())
            .ok_or_else(|| format!("no path leads to `{item}`"))?;
        let needs = of.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        Ok(Line {
            needs,
            item: exports.rename(&item.to_string()),
        })
    };
    // An implementation is listed for its type and for its trait.
    let mut seen = HashSet::new();
    // Items that exist only in the documentation, such as the guide, are not API.
    let is_of_pages = |line: &Line| ["doc", "any(doc, doctest)"].contains(&&*line.needs);
    let lines = listed(documented)
        .map(line)
        .filter(|line| !line.as_ref().is_ok_and(is_of_pages));
    Ok(lines
        .filter(|line| {
            line.as_ref()
                .map_or(true, |line| seen.insert(line.item.clone()))
        })
        .collect::<Result<_, String>>()?)
}

/// The items that users can observe. For an implementation of a trait these are its head and its
/// associated types, since its methods follow from the trait; for an inherent one, its items.
fn listed(documented: &Documented) -> impl Iterator<Item = &PublicItem> {
    let of_trait = |item: &PublicItem| {
        let parent = item
            .parent_id()
            .and_then(|id| documented.item(id))
            .map(|item| &item.inner);
        matches!(parent, Some(ItemEnum::Impl(inner)) if inner.trait_.is_some())
    };
    documented.api.items().filter(
        move |item| match documented.item(item.id()).map(|i| &i.inner) {
            Some(ItemEnum::Impl(inner)) => inner
                .trait_
                .as_ref()
                .is_some_and(|of| !of.path.ends_with("StructuralPartialEq")),
            Some(ItemEnum::AssocType { .. }) => true,
            _ => !of_trait(item),
        },
    )
}

fn path(workspace: &Workspace, library: &Library) -> PathBuf {
    let file = format!("tests/conventions/{}.api.txt", library.package);
    workspace.root().join(file)
}

fn text(library: &Library) -> String {
    let lines: Vec<_> = library.lines.iter().map(Line::to_string).collect();
    format!(
        "# The public API of `{}` with all features; the features that an item needs stand before it.\n{ORIGIN}\n{}\n",
        library.package,
        lines.join("\n")
    )
}

pub(crate) fn write(workspace: &Workspace, library: &Library) -> Result<(), Box<dyn Error>> {
    Ok(fs::write(path(workspace, library), text(library))?)
}

pub(crate) fn check(workspace: &Workspace, library: &Library) -> Result<Findings, Box<dyn Error>> {
    let path = path(workspace, library);
    let kept = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(difference(&kept, &text(library)))
}

fn difference(kept: &str, now: &str) -> Findings {
    if kept == now {
        return Findings::new();
    }
    let diff = TextDiff::from_lines(kept, now);
    vec![format!(
        "the public API differs from the snapshot; if that is intended, run `cargo run -p lunogram-conventions -- write`\n{}",
        diff.unified_diff()
            .context_radius(1)
            .header("the snapshot", "the public API"),
    )]
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn a_difference_shows_its_lines_and_the_command() {
        let findings = difference("pub fn a()\npub fn b()\n", "pub fn a()\npub fn c()\n");
        assert_eq!(findings.len(), 1);
        assert!(findings[0].contains("-- write`"), "{}", findings[0]);
        assert!(
            findings[0].contains("\n pub fn a()\n-pub fn b()\n+pub fn c()\n"),
            "{}",
            findings[0]
        );
    }

    #[test]
    fn equal_texts_have_no_difference() {
        assert!(difference("pub fn a()\n", "pub fn a()\n").is_empty());
    }
}
