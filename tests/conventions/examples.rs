//! Each public type, trait, function and macro has an example, and so has each method that can
//! fail. Other methods, such as getters and setters, are shown by the example of their type.

use crate::rustdoc::Documented;
use crate::{Findings, Library};
use rustdoc_types::{Id, Item, ItemEnum, ItemKind, Type};
use std::collections::BTreeSet;

/// Checks the libraries. `shared` are the packages of other items that they export.
pub(crate) fn check(libraries: [&Library; 2], shared: &[Documented]) -> Findings {
    let all: Vec<_> = libraries
        .iter()
        .map(|library| &library.documented)
        .chain(shared)
        .collect();
    let mut found = Vec::new();
    for library in libraries {
        let mut walk = Walk {
            documented: &library.documented,
            all: &all,
            seen: BTreeSet::new(),
            found: Vec::new(),
        };
        walk.item(library.documented.json.root, "");
        found.append(&mut walk.found);
    }
    let found = found
        .into_iter()
        .map(|path| format!("`{path}` has no example; add a short one to its documentation"));
    found.collect()
}

struct Walk<'c> {
    documented: &'c Documented,
    /// The packages in which exported items are looked up.
    all: &'c [&'c Documented],
    seen: BTreeSet<Id>,
    found: Vec<String>,
}

impl Walk<'_> {
    fn item(&mut self, id: Id, within: &str) {
        let Some(item) = self.documented.item(id) else {
            return;
        };
        let under = |name: &str| match within {
            "" => name.to_owned(),
            within => format!("{within}::{name}"),
        };
        if let ItemEnum::Use(reexport) = &item.inner {
            match reexport.id {
                Some(id) if self.documented.item(id).is_some() => self.item(id, within),
                // The items of a module are checked in the library that has it.
                Some(id) if !self.is_module(id) && self.seen.insert(id) => {
                    self.need(id, &under(&reexport.name));
                }
                _ => {}
            }
            return;
        }
        if !self.seen.insert(id) {
            return;
        }
        let path = under(item.name.as_deref().unwrap_or_default());
        match &item.inner {
            ItemEnum::Module(module) => {
                for id in &module.items {
                    self.item(*id, &path);
                }
            }
            ItemEnum::Struct(_) | ItemEnum::Enum(_) => self.with_methods(id, &path),
            ItemEnum::Trait(of) => {
                self.need(id, &path);
                self.methods(&of.items, &path);
            }
            ItemEnum::Function(_) | ItemEnum::Macro(_) => self.need(id, &path),
            _ => {}
        }
    }

    fn with_methods(&mut self, id: Id, path: &str) {
        self.need(id, path);
        for (_, _, block) in self.documented.impls_of(id) {
            if block.trait_.is_none() {
                self.methods(&block.items, path);
            }
        }
    }

    /// Requires an example of each method that can fail.
    fn methods(&mut self, ids: &[Id], path: &str) {
        for id in ids {
            if let Some(item) = self.documented.item(*id)
                && let ItemEnum::Function(function) = &item.inner
                && function.sig.output.as_ref().is_some_and(can_fail)
            {
                let name = item.name.as_deref().unwrap_or_default();
                self.need(*id, &format!("{path}::{name}"));
            }
        }
    }

    fn is_module(&self, id: Id) -> bool {
        let summary = self.documented.json.paths.get(&id);
        summary.is_some_and(|summary| summary.kind == ItemKind::Module)
    }

    /// The documentation of a re-export counts too.
    fn need(&mut self, id: Id, path: &str) {
        let reexports = self.documented.json.index.values().filter(
            |item| matches!(&item.inner, ItemEnum::Use(reexport) if reexport.id == Some(id)),
        );
        let shown = reexports
            .chain(self.documented.item(id))
            .chain(self.exported(id))
            .filter_map(|item| item.docs.as_deref())
            .any(has_example);
        if !shown {
            self.found.push(path.to_owned());
        }
    }

    /// An item of another package, in the documentation of that package.
    fn exported(&self, id: Id) -> Option<&Item> {
        let summary = self.documented.json.paths.get(&id)?;
        let (name, last) = (summary.path.first()?, summary.path.last()?);
        let defining = &self.all.iter().find(|one| one.name() == name)?.json;
        let is_it = |item: &&Item| match &item.inner {
            // Rustdoc has it under another id in `paths`. All are in the root of their package.
            ItemEnum::ProcMacro(_) => item.name.as_ref() == Some(last),
            _ => defining.paths.get(&item.id).is_some_and(|one| {
                one.crate_id == 0 && one.kind == summary.kind && one.path == summary.path
            }),
        };
        defining.index.values().find(is_it)
    }
}

/// Whether a function returns a `Result`, or a future of one.
fn can_fail(output: &Type) -> bool {
    format!("{output:?}").contains("Result")
}

/// Whether the documentation has a block of Rust.
fn has_example(docs: &str) -> bool {
    let fences = docs
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("```"));
    fences.step_by(2).any(|language| {
        language
            .split(',')
            .map(str::trim)
            .all(|word| matches!(word, "" | "rust" | "no_run") || word.starts_with("compile_fail"))
    })
}

#[cfg(test)]
mod tests {
    use super::has_example;

    #[test]
    fn only_a_block_of_rust_is_an_example() {
        assert!(has_example("Does.\n\n```\nf();\n```"));
        assert!(has_example("```text\nerror\n```\n```no_run\nf();\n```"));
        assert!(!has_example("Does.\n\n```text\nerror\n```\n"));
        assert!(!has_example("Does."));
    }
}
