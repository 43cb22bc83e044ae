//! The modules of a crate with their definitions and imports, and the resolution of paths.

use super::paths::{CRATES, Reference, ReferenceKind, is_of_tests, is_variable, scan};
use quote::ToTokens;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use syn::ext::IdentExt as _;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, Ident, Item, ItemMod, ItemUse, Lit, Meta, Token, UseTree};

pub(super) struct Tree {
    modules: Vec<Module>,
    /// Names of the crate itself, by `extern crate self as name;` in its root.
    aliases: HashSet<String>,
}

#[derive(Default)]
pub(super) struct Module {
    /// The names that lead to it from the crate's root.
    pub(super) path: Vec<String>,
    /// The file, as it is called from the root of the workspace.
    pub(super) file: String,
    pub(super) references: Vec<Reference>,
    /// Where `#[path = "…"]` chooses the file: a file and its line.
    pub(super) chosen_at: Option<(String, usize)>,
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
    /// The crate's root, by `extern crate self as name;`.
    Root,
}

impl Tree {
    /// Reads the library whose `lib.rs` is in the folder `source`.
    pub(super) fn load(root: &Path, source: &str) -> Result<Self, Box<dyn Error>> {
        let mut tree = Self {
            modules: vec![Module::default()],
            aliases: HashSet::new(),
        };
        let source = Path::new(source);
        let loader = Loader { root };
        loader.file(&mut tree, 0, &source.join("lib.rs"), source)?;
        Ok(tree)
    }

    /// Adds a module without content.
    fn add(&mut self, parent: usize, name: &Ident) -> usize {
        let index = self.modules.len();
        let mut path = self.modules[parent].path.clone();
        path.push(plain(name));
        self.modules.push(Module {
            path,
            parent,
            ..Module::default()
        });
        self.modules[parent].name(name, Name::Module(index));
        index
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
            CRATES => match rest.split_first() {
                Some((name, rest)) if self.aliases.contains(name) => self.walk(0, rest, seen),
                _ => BTreeSet::new(),
            },
            name => {
                let found = self.lookup(from, path, seen);
                let is_alias = found.is_empty()
                    && self.aliases.contains(name)
                    && !self.modules[from].names.contains_key(name);
                if is_alias {
                    return self.walk(0, rest, seen);
                }
                found
            }
        }
    }

    /// Resolves a path that starts in a module. A name that the module does not have is an item
    /// that a macro defines there, and a variable of a macro may be any name there.
    fn walk(&self, module: usize, path: &[String], seen: &mut Seen) -> BTreeSet<usize> {
        match path.first().map(String::as_str) {
            None | Some("*") => BTreeSet::from([module]),
            Some(name) if is_variable(name) => BTreeSet::from([module]),
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
                Name::Root => found.extend(self.walk(0, rest, seen)),
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
    matches!(name, "crate" | "self" | "super" | CRATES)
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
    fn read(&mut self, attributes: &[Attribute]) {
        for attribute in attributes {
            self.references.extend(scan(attribute.to_token_stream()));
        }
    }

    fn name(&mut self, name: &Ident, meaning: Name) {
        let name = plain(name);
        self.names.entry(name).or_default().push(meaning);
    }
}

fn plain(name: &Ident) -> String {
    name.unraw().to_string()
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
        tree.modules[module].read(&parsed.attrs);
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
                Item::Mod(of) => {
                    tree.modules[module].read(&of.attrs);
                    self.module(tree, module, &of, folder)?;
                }
                Item::Use(of) => {
                    tree.modules[module].read(&of.attrs);
                    import(&mut tree.modules[module], &of);
                }
                Item::ExternCrate(of) if of.ident == "self" => {
                    if let Some((_, name)) = &of.rename {
                        tree.modules[module].name(name, Name::Root);
                        if module == 0 {
                            tree.aliases.insert(plain(name));
                        }
                    }
                }
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
        of: &ItemMod,
        folder: &Path,
    ) -> Result<(), Box<dyn Error>> {
        let around = tree.modules[parent].file.clone();
        let own = folder.join(plain(&of.ident));
        if let Some((_, items)) = &of.content {
            let index = tree.add(parent, &of.ident);
            tree.modules[index].file = around;
            return self.items(tree, index, items.clone(), &own);
        }
        let (always, sometimes) = chosen_paths(&of.attrs)?;
        let line = of.ident.span().start().line;
        for chosen in always.iter().chain(&sometimes) {
            let index = tree.add(parent, &of.ident);
            let file = joined(&around, chosen);
            tree.modules[index].chosen_at = Some((around.clone(), line));
            self.file(tree, index, &file, file.parent().unwrap_or(&own))?;
        }
        let flat = folder.join(format!("{}.rs", of.ident.unraw()));
        let nested = own.join("mod.rs");
        let file = if self.root.join(&flat).is_file() {
            flat
        } else {
            nested
        };
        let is_optional = !sometimes.is_empty() && !self.root.join(&file).is_file();
        if always.is_some() || is_optional {
            return Ok(());
        }
        let index = tree.add(parent, &of.ident);
        self.file(tree, index, &file, &own)
    }
}

/// A path relative to the folder of a file, without `..`.
fn joined(file: &str, path: &str) -> PathBuf {
    let mut joined = Path::new(file).parent().unwrap_or(Path::new("")).to_owned();
    for name in Path::new(path) {
        if name == ".." {
            joined.pop();
        } else if name != "." {
            joined.push(name);
        }
    }
    joined
}

/// The files of a module that `#[path = "…"]` names: always, and under the condition of a
/// `cfg_attr`.
fn chosen_paths(attributes: &[Attribute]) -> syn::Result<(Option<String>, Vec<String>)> {
    let (mut always, mut sometimes) = (None, Vec::new());
    for attribute in attributes {
        if attribute.path().is_ident("cfg_attr") {
            let parts =
                attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)?;
            sometimes.extend(parts.iter().skip(1).filter_map(chosen_path));
        } else {
            always = always.or(chosen_path(&attribute.meta));
        }
    }
    Ok((always, sometimes))
}

fn chosen_path(meta: &Meta) -> Option<String> {
    let Meta::NameValue(of) = meta else {
        return None;
    };
    match &of.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) if of.path.is_ident("path") => Some(text.value()),
        _ => None,
    }
}

fn import(module: &mut Module, of: &ItemUse) {
    let mut prefix = Vec::new();
    if of.leading_colon.is_some() {
        prefix.push(CRATES.to_owned());
    }
    branch(module, &mut prefix, &of.tree);
}

fn branch(module: &mut Module, prefix: &mut Vec<String>, tree: &UseTree) {
    let line = tree.span().start().line;
    let refer = |module: &mut Module, path: &[String]| {
        module.references.push(Reference {
            path: path.to_vec(),
            line,
            kind: ReferenceKind::Use,
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
        Item::ExternCrate(of) => &of.attrs,
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
