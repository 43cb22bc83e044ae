//! The order of rooms: the modules of a folder import only modules that ARCHITECTURE.md lists
//! before them, bottom first.
//!
//! An import is a `use` or a path in code, types, macros and attributes, also one in an attribute's
//! literal. It counts as an import of the module that defines the item, however it is reached: by
//! `crate`, `super`, `$crate`, another name of the crate, a rename, a glob or a re-export. The file
//! of the folder itself (`lib.rs`, `mod.rs`) is above its rooms and may import all of them. Code
//! under `#[cfg(test)]` may import anything.
//!
//! A macro's `crate::$name` may be any item of the crate's root, so it counts as an import of the
//! root. Not found is a path of which a macro gets the single names, or which a procedural macro
//! builds. An `include!`, and a `#[path]` to a file that is not in the room's folder, are findings.

mod list;
mod paths;
mod tree;

use self::list::Folder;
use self::paths::{Reference, ReferenceKind, is_variable};
use self::tree::{Module, Tree};
use crate::Findings;
use crate::workspace::Workspace;
use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;

const LIST: &str = "ARCHITECTURE.md";

/// Modules above all rooms of their folder: entry points, and re-exports for users, generated code
/// and the documentation.
const ABOVE: &[&str] = &["__private", "bin", "guide"];

/// # Errors
/// When the list or a source file cannot be read.
pub(crate) fn check(workspace: &Workspace) -> Result<Findings, Box<dyn Error>> {
    let root = workspace.root();
    let text = fs::read_to_string(root.join(LIST))?;
    let folders = list::read(&text)?;
    let mut findings = Findings::new();
    for folder in &folders {
        findings.extend(check_folder(&root, folder)?);
    }
    Ok(findings)
}

/// A path in the code of a library, as it is written.
pub(crate) struct Mention {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) path: Vec<String>,
}

/// The paths in the library whose `lib.rs` is in the folder `source`, except in its tests.
///
/// # Errors
/// When a source file cannot be read.
pub(crate) fn mentions(root: &Path, source: &str) -> Result<Vec<Mention>, Box<dyn Error>> {
    let tree = Tree::load(root, source)?;
    let of_module = |module: &Module| {
        let mention = |reference: &Reference| Mention {
            file: module.file.clone(),
            line: reference.line,
            path: reference.path.clone(),
        };
        module.references.iter().map(mention).collect::<Vec<_>>()
    };
    Ok(tree.modules().flat_map(of_module).collect())
}

fn check_folder(root: &Path, folder: &Folder) -> Result<Findings, Box<dyn Error>> {
    let (source, prefix) = crate_of(root, &folder.path)?;
    let tree = Tree::load(root, &source)?;
    let order = Order {
        prefix: &prefix,
        rooms: &folder.rooms,
    };
    let mut findings = order.unlisted(&tree, &folder.path);
    findings.extend(order.misplaced(&tree, &folder.path));
    findings.extend(upward(&tree, &order));
    Ok(findings)
}

/// The folder with the `lib.rs` that a folder belongs to, and the modules that lead from there.
fn crate_of(root: &Path, folder: &str) -> Result<(String, Vec<String>), Box<dyn Error>> {
    let mut source = folder;
    let mut prefix = Vec::new();
    while !root.join(source).join("lib.rs").is_file() {
        let (parent, name) = source
            .rsplit_once('/')
            .ok_or_else(|| format!("`{folder}` in {LIST} is not a folder of a library"))?;
        prefix.insert(0, name.to_owned());
        source = parent;
    }
    Ok((source.to_owned(), prefix))
}

/// The rooms of a folder, bottom first.
struct Order<'l> {
    /// The module that the folder is, from the root of its crate.
    prefix: &'l [String],
    rooms: &'l [String],
}

/// A position in the order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Room(usize),
    /// The folder's own module, and the modules of [`ABOVE`].
    Top,
}

impl Order<'_> {
    /// The rank of a module by its path; nothing for a module outside of the folder.
    fn rank(&self, module: &[String]) -> Option<Rank> {
        let within = module.strip_prefix(self.prefix)?;
        let room = within
            .first()
            .and_then(|name| self.rooms.iter().position(|room| room == name));
        Some(room.map_or(Rank::Top, Rank::Room))
    }

    fn name(&self, rank: Rank) -> &str {
        match rank {
            Rank::Room(index) => &self.rooms[index],
            Rank::Top => "the module around the rooms",
        }
    }

    /// Modules without a place in the list, and places without a module.
    fn unlisted(&self, tree: &Tree, folder: &str) -> Findings {
        let is_own = |module: &&Module| module.path == self.prefix;
        let own = tree.modules().find(is_own).map(|module| &module.file);
        let modules: BTreeSet<_> = tree
            .modules()
            // A module without a file is a part of the folder's own.
            .filter(|module| Some(&module.file) != own)
            .filter_map(|module| module.path.strip_prefix(self.prefix)?.first())
            .map(String::as_str)
            .collect();
        let rooms = self.rooms.iter().map(String::as_str);
        let listed: BTreeSet<_> = rooms.chain(ABOVE.iter().copied()).collect();
        let missing = modules.difference(&listed).map(|name| {
            format!("the room `{name}` of `{folder}` is not in {LIST}; add it to the list there")
        });
        let gone = self
            .rooms
            .iter()
            .filter(|room| !modules.contains(room.as_str()));
        let gone = gone.map(|name| {
            format!("{LIST} lists `{name}` in `{folder}`, which has no such module; remove it")
        });
        missing.chain(gone).collect()
    }

    /// Modules whose `#[path = "…"]` names a file that is not in the folder of their room.
    fn misplaced(&self, tree: &Tree, folder: &str) -> Findings {
        let mut findings = Findings::new();
        for module in tree.modules() {
            let rank = self.rank(&module.path);
            if let Some(Rank::Room(room)) = rank
                && let Some((file, line)) = &module.chosen_at
            {
                let room = &self.rooms[room];
                let rest = module.file.strip_prefix(&format!("{folder}/{room}"));
                if !rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/')) {
                    findings.push(format!(
                        "{file}:{line}: `{room}` has the file `{}`, which is not in its folder; move it there",
                        module.file,
                    ));
                }
            }
        }
        findings
    }
}

/// One finding for each import of a room above.
fn upward(tree: &Tree, order: &Order) -> Findings {
    let mut findings = BTreeSet::new();
    for (index, module) in tree.modules().enumerate() {
        let Some(from @ Rank::Room(_)) = order.rank(&module.path) else {
            continue;
        };
        for reference in &module.references {
            let room = order.name(from);
            let problem = if reference.kind == ReferenceKind::Include {
                format!("`{room}` has an `include!`, whose imports are not read; make it a module")
            } else if let Some(to) = above(tree, order, index, from, reference) {
                let (path, to) = (reference.text(), order.name(to));
                if reference.path.last().is_some_and(|name| is_variable(name)) {
                    format!(
                        "`{room}` imports `{path}`, which may be an item above it, in `{to}`; write the whole path"
                    )
                } else {
                    format!(
                        "`{room}` imports `{path}`, which is defined above it, in `{to}`; move one of them"
                    )
                }
            } else {
                continue;
            };
            findings.insert((module.file.as_str(), reference.line, problem));
        }
    }
    let findings = findings.into_iter();
    findings
        .map(|(file, line, text)| format!("{file}:{line}: {text}"))
        .collect()
}

/// The room of the referenced item, if it is above `from`.
fn above(
    tree: &Tree,
    order: &Order,
    module: usize,
    from: Rank,
    reference: &Reference,
) -> Option<Rank> {
    let rank = |index: usize| order.rank(&tree.module(index).path);
    let highest = |modules: BTreeSet<usize>| modules.into_iter().filter_map(rank).max();
    // A name that a `use` of this module brings is reported there.
    let imported = || highest(tree.imports_of(module, &reference.path));
    if reference.kind != ReferenceKind::Use && imported() > Some(from) {
        return None;
    }
    highest(tree.definitions(module, &reference.path)).filter(|to| *to > from)
}

#[cfg(test)]
mod tests {
    use super::{Order, Rank, check_folder, list};
    use std::fs;
    use std::path::Path;

    /// The findings in a fixture, by file and line.
    fn findings(fixture: &str) -> Vec<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rooms");
        let root = root.join(fixture);
        let list = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
        let folders = list::read(&list).unwrap();
        assert_eq!(folders.len(), 2);
        folders
            .iter()
            .flat_map(|folder| check_folder(&root, folder).unwrap())
            .collect()
    }

    /// The lines of a fixture's files that are marked as upward imports.
    fn marked(fixture: &str, files: &[&str]) -> Vec<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rooms");
        let mut marked = Vec::new();
        for file in files {
            let text = fs::read_to_string(root.join(fixture).join(file)).unwrap();
            for (index, line) in text.lines().enumerate() {
                if line.contains("// upward") {
                    marked.push(format!("{file}:{}: ", index + 1));
                }
            }
        }
        marked
    }

    const FILES: &[&str] = &[
        "src/lib.rs",
        "src/low.rs",
        "src/middle.rs",
        "src/middle/macros.rs",
        "src/upper/mod.rs",
        "src/upper/first.rs",
        "src/upper/second/mod.rs",
    ];

    #[test]
    fn each_form_of_an_upward_import_is_found_once() {
        let mut expected = marked("upward", FILES);
        let mut found: Vec<_> = findings("upward");
        expected.sort();
        found.sort();
        assert_eq!(expected.len(), found.len(), "{found:#?}\n{expected:#?}");
        for (expected, found) in expected.iter().zip(&found) {
            assert!(found.starts_with(expected), "{found}, and not {expected}");
        }
    }

    #[test]
    fn imports_of_rooms_below_and_of_tests_are_not_found() {
        assert!(marked("clean", FILES).is_empty());
        let found = findings("clean");
        assert!(found.is_empty(), "{found:#?}");
    }

    #[test]
    fn a_room_is_listed_and_a_listed_room_exists() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rooms/clean");
        let text = "## Rooms\n### `src`\n- `low`: a\n- `middle`: b\n- `attic`: c\n";
        let folders = list::read(text).unwrap();
        let found = check_folder(&root, &folders[0]).unwrap();
        let has = |text: &str| found.iter().any(|finding| finding.contains(text));
        assert!(has("room `upper` of `src` is not in"), "{found:#?}");
        assert!(has("lists `attic`"), "{found:#?}");
    }

    #[test]
    fn a_folder_is_above_its_rooms() {
        let prefix = ["a".to_owned()];
        let rooms = ["x".to_owned(), "y".to_owned()];
        let order = Order {
            prefix: &prefix,
            rooms: &rooms,
        };
        let rank = |path: &str| {
            let path: Vec<_> = path.split("::").map(str::to_owned).collect();
            order.rank(&path)
        };
        assert!(rank("a::x::z") == Some(Rank::Room(0)));
        assert!(rank("a") == Some(Rank::Top));
        assert!(rank("a::x") < rank("a::y") && rank("a::y") < rank("a"));
        assert!(rank("b::x").is_none());
    }
}
