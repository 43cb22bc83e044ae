//! The modules of a crate with their definitions and imports, and the resolution of paths.

use super::paths::{Reference, is_of_tests, scan};
use quote::ToTokens;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, Ident, Item, ItemMod, ItemUse, Lit, Meta, UseTree};

pub(super) struct Tree {
    modules: Vec<Module>,
}

#[derive(Default)]
pub(super) struct Module {
    /// The names that lead to it from the crate's root.
    pub(super) path: Vec<String>,
    /// The file, as it is called from the root of the workspace.
    pub(super) file: String,
    pub(super) references: Vec<Reference>,
    parent: usize,
    /// A name has several meanings when conditions or namespaces keep them apart.
    names: HashMap<String, Vec<Name>>,
    globs: Vec<Vec<String>>,
}

enum Name {
    Module(usize),
    Item,
    /// A macro, and the module that defines it.
    Macro(usize),
    Import(Vec<String>),
}

impl Tree {
    /// Reads the library whose `lib.rs` is in the folder `source`.
    pub(super) fn load(root: &Path, source: &str) -> Result<Self, Box<dyn Error>> {
        let mut tree = Self {
            modules: vec![Module::default()],
        };
        let source = Path::new(source);
        let loader = Loader { root };
        loader.file(&mut tree, 0, &source.join("lib.rs"), source)?;
        Ok(tree)
    }

    pub(super) fn modules(&self) -> impl Iterator<Item = &Module> {
        self.modules.iter()
    }

    pub(super) fn module(&self, index: usize) -> &Module {
        &self.modules[index]
    }

    /// The modules that define the item of a path; empty for an item of another crate.
    pub(super) fn definitions(&self, from: usize, path: &[String]) -> BTreeSet<usize> {
        self.resolve(from, path, &mut HashSet::new())
    }

    /// The modules that define the items which a module imports under a path's first name.
    pub(super) fn imports_of(&self, from: usize, path: &[String]) -> BTreeSet<usize> {
        let Some(first) = path.first().filter(|name| !is_keyword(name)) else {
            return BTreeSet::new();
        };
        let module = &self.modules[from];
        let Some(names) = module.names.get(first) else {
            let globs = module.globs.iter();
            let targets = globs.flat_map(|glob| self.definitions(from, glob));
            let brings = |target: &usize| {
                let found = self.lookup(*target, path, &mut HashSet::new());
                !found.is_empty()
            };
            return targets.filter(brings).collect();
        };
        let imports = names.iter().filter_map(Name::import);
        imports
            .flat_map(|import| self.definitions(from, import))
            .collect()
    }

    fn resolve(&self, from: usize, path: &[String], seen: &mut Seen) -> BTreeSet<usize> {
        let Some((first, rest)) = path.split_first() else {
            return BTreeSet::new();
        };
        match first.as_str() {
            "crate" => self.walk(0, rest, seen),
            "self" => self.walk(from, rest, seen),
            "super" => self.walk(self.modules[from].parent, rest, seen),
            _ => self.lookup(from, path, seen),
        }
    }

    /// Resolves a path that starts in a module. A name that the module does not have is an item
    /// that a macro defines there.
    fn walk(&self, module: usize, path: &[String], seen: &mut Seen) -> BTreeSet<usize> {
        match path.first().map(String::as_str) {
            None | Some("*") => BTreeSet::from([module]),
            Some("self") => self.walk(module, &path[1..], seen),
            Some("super") => self.walk(self.modules[module].parent, &path[1..], seen),
            Some(name) => {
                let found = self.lookup(module, path, seen);
                if found.is_empty() && !self.modules[module].names.contains_key(name) {
                    return BTreeSet::from([module]);
                }
                found
            }
        }
    }

    /// Resolves a path whose first name is in the scope of a module, by an item, an import or a
    /// glob.
    fn lookup(&self, from: usize, path: &[String], seen: &mut Seen) -> BTreeSet<usize> {
        let key = (from, path.to_vec());
        let is_new = path.len() <= LONGEST && seen.insert(key);
        let Some((first, rest)) = path.split_first().filter(|_| is_new) else {
            return BTreeSet::new();
        };
        let module = &self.modules[from];
        let mut found = BTreeSet::new();
        for name in module.names.get(first).into_iter().flatten() {
            match name {
                Name::Module(module) => found.extend(self.walk(*module, rest, seen)),
                Name::Item => {
                    found.insert(from);
                }
                Name::Macro(module) => {
                    found.insert(*module);
                }
                Name::Import(import) => {
                    let target: Vec<_> = import.iter().chain(rest).cloned().collect();
                    found.extend(self.resolve(from, &target, seen));
                }
            }
        }
        if !module.names.contains_key(first) {
            for glob in &module.globs {
                for target in self.resolve(from, glob, seen) {
                    found.extend(self.lookup(target, path, seen));
                }
            }
        }
        found
    }
}

fn is_keyword(name: &str) -> bool {
    matches!(name, "crate" | "self" | "super")
}

/// A limit for paths that an import extends again and again, as `use name::name` does if `name` is
/// also the name of a crate.
const LONGEST: usize = 16;

/// The lookups in progress or done, since imports may be circular.
type Seen = HashSet<(usize, Vec<String>)>;

impl Name {
    fn import(&self) -> Option<&Vec<String>> {
        match self {
            Self::Import(path) => Some(path),
            _ => None,
        }
    }
}

impl Module {
    fn name(&mut self, name: &Ident, meaning: Name) {
        let name = plain(name);
        self.names.entry(name).or_default().push(meaning);
    }
}

fn plain(name: &Ident) -> String {
    name.to_string().trim_start_matches("r#").to_owned()
}

struct Loader<'r> {
    root: &'r Path,
}

impl Loader<'_> {
    /// Reads a module's file; the files of its modules are in `folder`.
    fn file(
        &self,
        tree: &mut Tree,
        module: usize,
        file: &Path,
        folder: &Path,
    ) -> Result<(), Box<dyn Error>> {
        let name = file.to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(self.root.join(file))
            .map_err(|error| format!("cannot read {name}: {error}"))?;
        let parsed = syn::parse_file(&text).map_err(|error| format!("{name}: {error}"))?;
        tree.modules[module].file = name;
        self.items(tree, module, parsed.items, folder)
    }

    fn items(
        &self,
        tree: &mut Tree,
        module: usize,
        items: Vec<Item>,
        folder: &Path,
    ) -> Result<(), Box<dyn Error>> {
        for item in items {
            if is_of_tests(attributes(&item)) {
                continue;
            }
            match item {
                Item::Mod(of) => self.module(tree, module, of, folder)?,
                Item::Use(of) => import(&mut tree.modules[module], &of),
                item => {
                    if let Some(name) = defined(&item) {
                        let is_macro = matches!(item, Item::Macro(_));
                        let meaning = if is_macro {
                            Name::Macro(module)
                        } else {
                            Name::Item
                        };
                        tree.modules[module].name(name, meaning);
                        let exported = |one: &Attribute| one.path().is_ident("macro_export");
                        if module != 0 && attributes(&item).iter().any(exported) {
                            tree.modules[0].name(name, Name::Macro(module));
                        }
                    }
                    let found = scan(item.into_token_stream());
                    tree.modules[module].references.extend(found);
                }
            }
        }
        Ok(())
    }

    fn module(
        &self,
        tree: &mut Tree,
        parent: usize,
        of: ItemMod,
        folder: &Path,
    ) -> Result<(), Box<dyn Error>> {
        let name = plain(&of.ident);
        let index = tree.modules.len();
        let mut path = tree.modules[parent].path.clone();
        path.push(name.clone());
        let around = tree.modules[parent].file.clone();
        tree.modules.push(Module {
            path,
            parent,
            file: around.clone(),
            ..Module::default()
        });
        tree.modules[parent].name(&of.ident, Name::Module(index));
        let own = folder.join(&name);
        if let Some((_, items)) = of.content {
            return self.items(tree, index, items, &own);
        }
        let flat = folder.join(format!("{name}.rs"));
        let file = match chosen_path(&of.attrs) {
            Some(path) => around_folder(&around).join(path),
            None if self.root.join(&flat).is_file() => flat,
            None => own.join("mod.rs"),
        };
        self.file(tree, index, &file, &own)
    }
}

fn around_folder(file: &str) -> PathBuf {
    Path::new(file).parent().unwrap_or(Path::new("")).to_owned()
}

/// The file of a module that `#[path = "…"]` names.
fn chosen_path(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| {
        let Meta::NameValue(of) = &attribute.meta else {
            return None;
        };
        match &of.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) if of.path.is_ident("path") => Some(text.value()),
            _ => None,
        }
    })
}

fn import(module: &mut Module, of: &ItemUse) {
    // A path from another crate's root.
    if of.leading_colon.is_none() {
        branch(module, &mut Vec::new(), &of.tree);
    }
}

fn branch(module: &mut Module, prefix: &mut Vec<String>, tree: &UseTree) {
    let line = tree.span().start().line;
    let refer = |module: &mut Module, path: &[String]| {
        module.references.push(Reference {
            path: path.to_vec(),
            line,
            is_use: true,
        });
    };
    let leaf = |name: &Ident| {
        let mut path = prefix.clone();
        if name != "self" {
            path.push(plain(name));
        }
        path
    };
    match tree {
        UseTree::Path(of) => {
            prefix.push(plain(&of.ident));
            branch(module, prefix, &of.tree);
            prefix.pop();
        }
        UseTree::Group(of) => {
            for tree in &of.items {
                branch(module, prefix, tree);
            }
        }
        UseTree::Name(of) => {
            let path = leaf(&of.ident);
            refer(module, &path);
            if let Some(name) = path.last().cloned() {
                let meaning = Name::Import(path);
                module.names.entry(name).or_default().push(meaning);
            }
        }
        UseTree::Rename(of) => {
            let path = leaf(&of.ident);
            refer(module, &path);
            if of.rename != "_" {
                module.name(&of.rename, Name::Import(path));
            }
        }
        UseTree::Glob(_) => {
            refer(module, prefix);
            module.globs.push(prefix.clone());
        }
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(of) => &of.attrs,
        Item::Enum(of) => &of.attrs,
        Item::Fn(of) => &of.attrs,
        Item::Impl(of) => &of.attrs,
        Item::Macro(of) => &of.attrs,
        Item::Mod(of) => &of.attrs,
        Item::Static(of) => &of.attrs,
        Item::Struct(of) => &of.attrs,
        Item::Trait(of) => &of.attrs,
        Item::Type(of) => &of.attrs,
        Item::Union(of) => &of.attrs,
        Item::Use(of) => &of.attrs,
        _ => &[],
    }
}

/// The name that an item defines in its module.
fn defined(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(of) => Some(&of.ident),
        Item::Enum(of) => Some(&of.ident),
        Item::Fn(of) => Some(&of.sig.ident),
        Item::Macro(of) => of.ident.as_ref(),
        Item::Static(of) => Some(&of.ident),
        Item::Struct(of) => Some(&of.ident),
        Item::Trait(of) => Some(&of.ident),
        Item::Type(of) => Some(&of.ident),
        Item::Union(of) => Some(&of.ident),
        _ => None,
    }
}
