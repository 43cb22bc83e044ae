//! The public paths of items that a library exports from another package: rustdoc names them by the
//! private module that defines them. In the snapshot an item has the path that users write.

use crate::Findings;
use crate::rustdoc::Documented;
use rustdoc_types::{Id, ItemEnum, ItemKind};
use std::collections::{BTreeMap, BTreeSet};

/// The public items of a library.
#[derive(Default)]
pub(crate) struct Exports {
    /// Public paths, by the paths of the definitions.
    by_definition: BTreeMap<String, String>,
    public: BTreeSet<String>,
}

impl Exports {
    /// Reads the items of a library. `below` are those of the library that it exports modules of.
    pub(crate) fn of(documented: &Documented, below: &Self) -> Self {
        let mut exports = Self::default();
        exports.visit(documented, below, documented.json.root, documented.name());
        exports
    }

    /// Reads an item and, of a module, those within it. `path` is its public path.
    fn visit(&mut self, documented: &Documented, below: &Self, id: Id, path: &str) {
        let summary = documented.json.paths.get(&id);
        let definition = summary.map(|summary| summary.path.join("::"));
        let within: &[Id] = match documented.item(id).map(|item| &item.inner) {
            Some(ItemEnum::Module(module)) => &module.items,
            None if summary.is_some_and(|summary| summary.kind == ItemKind::Module) => {
                self.adopt(below, &definition.unwrap_or_default(), path);
                return;
            }
            _ => &[],
        };
        self.add(definition.as_deref(), path);
        for id in within {
            let Some(item) = documented.item(*id) else {
                continue;
            };
            let (target, name) = match &item.inner {
                ItemEnum::Use(of) => (of.id.unwrap_or(*id), Some(&of.name)),
                _ => (*id, item.name.as_ref()),
            };
            if let Some(name) = name {
                self.visit(documented, below, target, &format!("{path}::{name}"));
            }
        }
    }

    /// Adds a module of the library below, with its items.
    fn adopt(&mut self, below: &Self, module: &str, path: &str) {
        let own = |public: &str| {
            let rest = public.strip_prefix(module)?;
            let is_within = rest.is_empty() || rest.starts_with("::");
            is_within.then(|| format!("{path}{rest}"))
        };
        for (definition, public) in &below.by_definition {
            if let Some(public) = own(public) {
                self.add(Some(definition), &public);
            }
        }
        self.public
            .extend(below.public.iter().filter_map(|public| own(public)));
    }

    fn add(&mut self, definition: Option<&str>, public: &str) {
        self.public.insert(public.to_owned());
        if let Some(definition) = definition {
            let entry = self.by_definition.entry(definition.to_owned());
            entry.or_insert_with(|| public.to_owned());
        }
    }

    /// An item of the public API, in which each path of an exported definition is the public one.
    pub(crate) fn rename(&self, item: &str) -> String {
        let is_of_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        let mut renamed = String::new();
        let mut rest = item;
        while let Some(start) = rest.find(is_of_path) {
            let (before, path) = rest.split_at(start);
            let length = path.find(|c| !is_of_path(c)).unwrap_or(path.len());
            let (path, after) = path.split_at(length);
            renamed.push_str(before);
            renamed.push_str(&self.renamed(path));
            rest = after;
        }
        renamed + rest
    }

    fn renamed(&self, path: &str) -> String {
        let mut head = path;
        loop {
            if let Some(public) = self.by_definition.get(head) {
                return format!("{public}{}", &path[head.len()..]);
            }
            match head.rsplit_once("::") {
                Some((shorter, _)) => head = shorter,
                None => return path.to_owned(),
            }
        }
    }

    /// Requires each item of the library below under the same path.
    pub(crate) fn check(&self, name: &str, below: &Self, name_below: &str) -> Findings {
        let same = |path: &str| Some(format!("{name}{}", path.strip_prefix(name_below)?));
        let missing = below
            .public
            .iter()
            .filter(|path| same(path).is_some_and(|path| !self.public.contains(&path)));
        missing
            .map(|path| {
                format!("`{path}` is not in `{name}`, which exports all of `{name_below}`; add a `pub use` under the same path")
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Exports;

    fn core() -> Exports {
        let mut core = Exports::default();
        core.add(Some("a_core"), "a_core");
        core.add(Some("a_core::request::Event"), "a_core::Event");
        core.add(Some("a_core::values"), "a_core::values");
        core.add(
            Some("a_core::values::email::Email"),
            "a_core::values::Email",
        );
        core.add(Some("a_rules::Violation"), "a_core::values::Violation");
        core
    }

    fn client() -> Exports {
        let mut client = Exports::default();
        client.add(Some("a"), "a");
        client.add(Some("a_core::request::Event"), "a::Event");
        client.adopt(&core(), "a_core::values", "a::values");
        client
    }

    #[test]
    fn an_exported_item_has_the_path_that_users_write() {
        let renamed =
            client().rename("pub fn a::f(&[a_core::request::Event::Kind]) -> a_rules::Violation");
        assert_eq!(
            renamed,
            "pub fn a::f(&[a::Event::Kind]) -> a::values::Violation"
        );
        let renamed = client().rename("impl From<a_core::values::email::Email> for a_core::Hidden");
        assert_eq!(renamed, "impl From<a::values::Email> for a_core::Hidden");
    }

    #[test]
    fn an_item_that_is_not_exported_is_reported() {
        assert!(client().check("a", &core(), "a_core").is_empty());
        let mut core = core();
        core.add(Some("a_core::request::Upsert"), "a_core::Upsert");
        let findings = client().check("a", &core, "a_core");
        assert_eq!(findings.len(), 1, "{findings:#?}");
        assert!(
            findings[0].starts_with("`a_core::Upsert` is not in `a`"),
            "{findings:#?}"
        );
    }
}
