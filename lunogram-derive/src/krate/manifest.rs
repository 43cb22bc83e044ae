//! Finds the name of the runtime among the dependencies of a `Cargo.toml`.

use lunogram_rules::toml::{self, KeyValue};

/// The packages that have the runtime; the preferred one is first.
const PACKAGES: [&str; 2] = ["lunogram", "lunogram-core"];

/// The name by which the code of a package refers to the runtime: that of its dependency on
/// `lunogram` or on `lunogram-core`. `None` if it has neither.
///
/// With several such dependencies, the one that most of the package's code can use has precedence:
/// a crate of events may depend on `lunogram-core`, and on `lunogram` for its tests only. Among
/// equals, `lunogram` has precedence.
///
/// `workspace` returns the manifest of the workspace and is called for inherited dependencies only.
pub(crate) fn runtime_name(
    entries: &[KeyValue],
    workspace: impl FnOnce() -> Option<Vec<KeyValue>>,
) -> Option<String> {
    if let Some(own) = own_name(entries) {
        return Some(own.to_owned());
    }
    let dependencies = Dependency::all(entries);
    let named = dependencies
        .iter()
        .filter_map(|dependency| {
            dependency.candidate(dependency.package.unwrap_or(dependency.name))
        })
        .min();
    let may_be_renamed =
        |dependency: &&Dependency<'_>| dependency.inherited && !PACKAGES.contains(&dependency.name);
    let mut inherited = dependencies.iter().filter(may_be_renamed).peekable();
    if named.is_some_and(Candidate::is_best) || inherited.peek().is_none() {
        return named.map(|candidate| candidate.name.to_owned());
    }
    let renamed = workspace().unwrap_or_default();
    inherited
        .filter_map(|dependency| {
            dependency.candidate(inherited_package(&renamed, dependency.name)?)
        })
        .chain(named)
        .min()
        .map(|candidate| candidate.name.to_owned())
}

/// The name of the package itself, if it is one of the two. Its examples and its documentation's
/// examples have it under this name.
fn own_name(entries: &[KeyValue]) -> Option<&str> {
    let name = toml::value(entries, &["package", "name"])?;
    PACKAGES.contains(&name).then_some(name)
}

/// The package of a dependency that the workspace's manifest renames.
fn inherited_package<'e>(workspace: &'e [KeyValue], wanted: &str) -> Option<&'e str> {
    toml::value(workspace, &["workspace", "dependencies", wanted, "package"])
}

/// The folder of a path dependency, as a manifest writes it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PathDependency<'e> {
    /// It starts from the package's folder.
    Own(&'e str),
    /// It starts from the root of the workspace.
    Inherited(&'e str),
}

/// The path dependencies of a package.
pub(super) fn path_dependencies<'e>(
    package: &'e [KeyValue],
    workspace: &'e [KeyValue],
) -> impl Iterator<Item = PathDependency<'e>> {
    package.iter().filter_map(|(path, value)| {
        let (Dependency { name, .. }, key) = Dependency::at(path)?;
        match (key, value.as_str()) {
            ("path", path) => Some(PathDependency::Own(path)),
            ("workspace", "true") => {
                let path = ["workspace", "dependencies", name, "path"];
                toml::value(workspace, &path).map(PathDependency::Inherited)
            }
            _ => None,
        }
    })
}

/// A dependency on a package with the runtime. The smallest one is to be used.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate<'e> {
    reach: Reach,
    /// The package's index in [`PACKAGES`].
    package: usize,
    renamed: bool,
    name: &'e str,
}

impl Candidate<'_> {
    /// Whether no other candidate has precedence.
    fn is_best(self) -> bool {
        self.reach == Reach::All && self.package == 0
    }
}

/// The part of a package's code that can use a dependency.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    All,
    /// All of it, with some features or for some targets.
    Conditional,
    Tests,
    BuildScript,
}

/// A dependency as a manifest states it.
struct Dependency<'e> {
    /// The path of its table.
    path: &'e [String],
    name: &'e str,
    reach: Reach,
    package: Option<&'e str>,
    inherited: bool,
}

impl<'e> Dependency<'e> {
    /// The dependencies of a manifest. One that two tables have is there twice.
    fn all(entries: &'e [KeyValue]) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for (path, value) in entries {
            let Some((dependency, key)) = Self::at(path) else {
                continue;
            };
            let index = all.iter().position(|known| known.path == dependency.path);
            let index = index.unwrap_or_else(|| {
                all.push(dependency);
                all.len() - 1
            });
            all[index].set(key, value);
        }
        all
    }

    /// The dependency that a value of the manifest belongs to, and the value's key there. The key
    /// of a bare version is empty.
    fn at(path: &'e [String]) -> Option<(Self, &'e str)> {
        let (conditional, in_table) = match path {
            [target, _, rest @ ..] if target == "target" => (true, rest),
            _ => (false, path),
        };
        let (table, [name, keys @ ..]) = in_table.split_first()? else {
            return None;
        };
        let reach = match table.as_str() {
            "dependencies" if conditional => Reach::Conditional,
            "dependencies" => Reach::All,
            "dev-dependencies" => Reach::Tests,
            "build-dependencies" => Reach::BuildScript,
            _ => return None,
        };
        let key = match keys {
            [key] => key,
            _ => "",
        };
        let dependency = Self {
            path: &path[..path.len() - keys.len()],
            name,
            reach,
            package: None,
            inherited: false,
        };
        Some((dependency, key))
    }

    fn set(&mut self, key: &str, value: &'e str) {
        match (key, value) {
            ("package", package) => self.package = Some(package),
            ("workspace", "true") => self.inherited = true,
            ("optional", "true") => self.reach = self.reach.max(Reach::Conditional),
            _ => {}
        }
    }

    /// This dependency, if `package`, the package that it stands for, has the runtime.
    fn candidate(&self, package: &str) -> Option<Candidate<'e>> {
        let renamed = self.name != package;
        let package = PACKAGES.iter().position(|known| *known == package)?;
        Some(Candidate {
            reach: self.reach,
            package,
            renamed,
            name: self.name,
        })
    }
}

#[cfg(test)]
mod tests;
