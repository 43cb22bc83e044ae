//! The workspace of a package, found by the manifests alone: at compile time, `cargo metadata`
//! would cost more than the rest.

use super::manifest::{PathDependency, path_dependencies};
use lunogram_rules::plan::{is_fetched, normal};
use lunogram_rules::toml::{self, KeyValue};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// The root of a workspace.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) manifest: Vec<KeyValue>,
}

impl Workspace {
    /// The workspace in whose folder a package is, or that its manifest names. The package need not
    /// be a member.
    pub(crate) fn around(folder: &Path) -> Option<Self> {
        let own = toml::entries(&read(folder)?);
        if let Some(root) = toml::value(&own, &["package", "workspace"]) {
            let root = normal(&folder.join(root));
            let manifest = toml::entries(&read(&root)?);
            return Some(Self { root, manifest });
        }
        folder.ancestors().find_map(|folder| {
            let manifest = read(folder).filter(|manifest| toml::is_workspace(manifest))?;
            Some(Self {
                root: folder.to_owned(),
                manifest: toml::entries(&manifest),
            })
        })
    }

    /// The workspace of which a package is a member. One that is in no other is its own root.
    /// `None` for a package that Cargo has fetched.
    pub(crate) fn of(folder: &Path) -> Option<Self> {
        let around = Self::around(folder);
        let root = around.as_ref().map(|around| around.root.as_path());
        if is_fetched(folder, root, Path::exists) {
            return None;
        }
        let around = around.filter(|around| around.has_member(folder));
        around.or_else(|| {
            Some(Self {
                root: folder.to_owned(),
                manifest: toml::entries(&read(folder)?),
            })
        })
    }

    /// Whether Cargo has fetched a package inside the root.
    fn has_fetched(&self, folder: &Path) -> bool {
        is_fetched(folder, Some(&self.root), Path::exists)
    }

    /// Whether a package is a member, by the rules of Cargo: the root's own package, the folders of
    /// `members`, and path dependencies of members inside the root, without those of `exclude`.
    pub(crate) fn has_member(&self, folder: &Path) -> bool {
        if self.has_fetched(folder) {
            return false;
        }
        if folder == self.root {
            return true;
        }
        if self.excludes(folder) {
            return false;
        }
        let mut next = self.members();
        if next.iter().any(|member| member == folder) {
            return true;
        }
        next.push(self.root.clone());
        let mut seen = BTreeSet::new();
        while let Some(member) = next.pop() {
            if !seen.insert(member.clone()) {
                continue;
            }
            let found = self.path_dependencies(&member);
            if found.iter().any(|found| found == folder) {
                return true;
            }
            next.extend(found);
        }
        false
    }

    /// The folders that `members` names.
    fn members(&self) -> Vec<PathBuf> {
        let mut members = Vec::new();
        for pattern in toml::values(&self.manifest, &["workspace", "members"]) {
            expand(&self.root, Path::new(pattern), &mut members);
        }
        members.retain(|member| !self.excludes(member));
        members
    }

    /// The path dependencies of a member that are members for that reason.
    fn path_dependencies(&self, member: &Path) -> Vec<PathBuf> {
        let manifest = toml::entries(&read(member).unwrap_or_default());
        let found = path_dependencies(&manifest, &self.manifest).map(|found| match found {
            PathDependency::Own(path) => normal(&member.join(path)),
            PathDependency::Inherited(path) => normal(&self.root.join(path)),
        });
        let is_ours = |folder: &PathBuf| {
            folder.starts_with(&self.root)
                && !self.excludes(folder)
                && !self.has_fetched(folder)
                && Self::around(folder).is_some_and(|found| found.root == self.root)
        };
        found.filter(is_ours).collect()
    }

    /// Whether `exclude` has a folder. A member that `members` writes without a pattern is not
    /// excluded.
    fn excludes(&self, folder: &Path) -> bool {
        let names = |key| {
            toml::values(&self.manifest, &["workspace", key])
                .any(|name| folder.starts_with(normal(&self.root.join(name))))
        };
        names("exclude") && !names("members")
    }
}

fn read(folder: &Path) -> Option<String> {
    fs::read_to_string(folder.join("Cargo.toml")).ok()
}

/// Adds the folders with a manifest that a pattern of `members` means.
fn expand(root: &Path, pattern: &Path, found: &mut Vec<PathBuf>) {
    let mut folders = vec![root.to_owned()];
    for component in pattern.components() {
        let name = component.as_os_str().to_str().unwrap_or_default();
        let is_pattern =
            matches!(component, Component::Normal(_)) && name.contains(['*', '?', '[']);
        folders = if name == "**" {
            folders.iter().flat_map(|folder| below(folder)).collect()
        } else if is_pattern {
            let inside = folders.iter().flat_map(|folder| inside(folder));
            inside.filter(|folder| fits(name, folder)).collect()
        } else {
            let named = folders.iter().map(|folder| normal(&folder.join(component)));
            named.collect()
        };
    }
    found.extend(
        folders
            .into_iter()
            .filter(|folder| folder.join("Cargo.toml").exists()),
    );
}

/// The folders in a folder.
fn inside(folder: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(folder).into_iter().flatten();
    all.filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .collect()
}

/// A folder and those below it, without hidden ones.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut all = vec![folder.to_owned()];
    let mut at = 0;
    while let Some(folder) = all.get(at) {
        let inside = inside(folder);
        let is_hidden = |path: &PathBuf| fits(".*", path) || path.is_symlink();
        all.extend(inside.into_iter().filter(|path| !is_hidden(path)));
        at += 1;
    }
    all
}

/// Whether a folder has a name that fits a pattern. A class such as `[ab]` stands for any
/// character.
fn fits(pattern: &str, folder: &Path) -> bool {
    let name = folder.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| fits_name(pattern, name))
}

fn fits_name(pattern: &str, name: &str) -> bool {
    let mut pattern_letters = pattern.chars();
    let mut letters = name.chars();
    match pattern_letters.next() {
        None => name.is_empty(),
        Some('*') => {
            let rest = pattern_letters.as_str();
            let mut ends = name.char_indices().map(|(at, _)| at).chain([name.len()]);
            ends.any(|at| fits_name(rest, &name[at..]))
        }
        Some(wanted) => {
            let rest = match wanted {
                '[' => pattern_letters
                    .as_str()
                    .split_once(']')
                    .map_or("", |(_, rest)| rest),
                _ => pattern_letters.as_str(),
            };
            let found = letters.next();
            found.is_some_and(|found| found == wanted || matches!(wanted, '?' | '['))
                && fits_name(rest, letters.as_str())
        }
    }
}

#[cfg(test)]
mod tests;
