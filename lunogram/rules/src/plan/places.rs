//! Where the plan of a package is.

use super::FILE;
use std::path::{Component, Path, PathBuf};

/// Whether Cargo has fetched a package: it marks the sources of a registry, vendor folders, and the
/// root of a git checkout. Such a package is no member of a workspace, whose root is `root`.
///
/// ```
/// use lunogram_rules::plan::is_fetched;
/// use std::path::Path;
///
/// let exists = |file: &Path| file == Path::new("/shop/vendor/acme/.cargo-checksum.json");
/// let root = Some(Path::new("/shop"));
/// assert!(is_fetched(Path::new("/shop/vendor/acme"), root, exists));
/// assert!(!is_fetched(Path::new("/shop/orders"), root, exists));
/// ```
pub fn is_fetched(package: &Path, root: Option<&Path>, exists: impl Fn(&Path) -> bool) -> bool {
    const MARKS: [&str; 2] = [".cargo-ok", ".cargo-checksum.json"];
    // A workspace may be below a folder that was fetched, such as a checkout that is changed.
    let above = root.and_then(Path::parent);
    let mut inside = package
        .ancestors()
        .take_while(|folder| Some(*folder) != above);
    inside.any(|folder| MARKS.iter().any(|mark| exists(&folder.join(mark))))
}

/// The places at which the plan of a package may be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The folder of the package.
    pub package: PathBuf,
    /// The plan that the package's manifest names.
    pub named_by_package: Option<PathBuf>,
    /// The root of the workspace of which the package is a member: its own folder, if there is no
    /// other. `None` for a package that Cargo has fetched.
    pub workspace: Option<PathBuf>,
    /// The plan that the workspace's manifest names.
    pub named_by_workspace: Option<PathBuf>,
    /// The plan that the environment variable names.
    pub named_by_variable: Option<PathBuf>,
}

/// The plan of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The path of its file. It may not exist if something names it.
    pub file: PathBuf,
    /// The text that names it; `None` if the file has the usual name, beside a manifest.
    pub named_by: Option<NamedBy>,
}

/// The text that names a plan in another place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// The manifest of the package.
    Package,
    /// The manifest of the workspace.
    Workspace,
    /// The environment variable.
    Variable,
}

impl Places {
    /// The plan: the one of the package, else that of its workspace, else that of the variable. A
    /// name in a manifest has precedence over a file beside it. Types of a package that is not a
    /// member of a workspace, such as a dependency from a registry, are compared with its own plan
    /// only.
    ///
    /// ```
    /// use lunogram_rules::plan::Places;
    /// use std::path::{Path, PathBuf};
    ///
    /// let places = Places {
    ///     package: PathBuf::from("/shop/orders"),
    ///     workspace: Some(PathBuf::from("/shop")),
    ///     named_by_workspace: Some(PathBuf::from("../plans/all.json")),
    ///     ..Places::default()
    /// };
    /// let found = places.find(|_| false).expect("a named plan");
    /// assert_eq!(found.file, Path::new("/plans/all.json"));
    /// ```
    pub fn find(&self, exists: impl Fn(&Path) -> bool) -> Option<Found> {
        let named = |folder: &Path, name: &Option<PathBuf>, named_by| {
            name.as_ref().map(|name| Found {
                file: normal(&folder.join(name)),
                named_by: Some(named_by),
            })
        };
        let beside = |folder: &Path| {
            let file = folder.join(FILE);
            exists(&file).then_some(Found {
                file,
                named_by: None,
            })
        };
        let own = named(&self.package, &self.named_by_package, NamedBy::Package);
        // A package that was published without the plan beside it is like one that names none.
        let is_missing = |found: &Found| match &self.workspace {
            None => !exists(&found.file),
            Some(root) if *root == self.package => {
                !found.file.starts_with(root) && !exists(&found.file)
            }
            Some(_) => false,
        };
        let own = own.filter(|found| !is_missing(found));
        let own = own.or_else(|| beside(&self.package));
        own.or_else(|| {
            let root = self.workspace.as_ref()?;
            named(root, &self.named_by_workspace, NamedBy::Workspace)
                .or_else(|| beside(root))
                .or_else(|| named(root, &self.named_by_variable, NamedBy::Variable))
        })
    }
}

/// The path without `.` and `..`, so that two packages that name one file name it alike.
///
/// ```
/// use lunogram_rules::plan::normal;
/// use std::path::Path;
///
/// assert_eq!(normal(Path::new("/shop/./orders/../plan.json")), Path::new("/shop/plan.json"));
/// ```
#[must_use]
pub fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                if !normal.pop() {
                    normal.push("..");
                }
            }
            other => normal.push(other),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Places {
        Places {
            package: "/w/p".into(),
            named_by_package: Some("a.json".into()),
            workspace: Some("/w".into()),
            named_by_workspace: Some("./plans/../b.json".into()),
            named_by_variable: Some("/elsewhere/c.json".into()),
        }
    }

    #[test]
    fn the_nearest_place_has_precedence() {
        let mut places = all();
        let find = |places: &Places, beside: &str| {
            let found = places.find(|file| file == Path::new(beside));
            found.map(|found| (found.file.display().to_string(), found.named_by))
        };
        let own = "/w/p/lunogram.plan.json";
        let shared = "/w/lunogram.plan.json";
        let named = |file: &str, by| Some((file.to_owned(), Some(by)));
        assert_eq!(find(&places, own), named("/w/p/a.json", NamedBy::Package));
        places.named_by_package = None;
        assert_eq!(find(&places, own), Some((own.to_owned(), None)));
        assert_eq!(
            find(&places, shared),
            named("/w/b.json", NamedBy::Workspace)
        );
        places.named_by_workspace = None;
        assert_eq!(find(&places, shared), Some((shared.to_owned(), None)));
        let variable = named("/elsewhere/c.json", NamedBy::Variable);
        assert_eq!(find(&places, ""), variable);
        places.named_by_variable = None;
        assert_eq!(find(&places, ""), None);
    }

    #[test]
    fn a_package_that_is_published_without_its_plan_has_none() {
        let mut places = Places {
            named_by_package: Some("../all.json".into()),
            named_by_variable: None,
            named_by_workspace: None,
            ..all()
        };
        let find = |places: &Places| places.find(|_| false).map(|found| found.file);
        assert_eq!(find(&places), Some("/w/all.json".into()), "a member");
        places.workspace = Some(places.package.clone());
        assert_eq!(find(&places), None, "when it is verified");
        places.named_by_package = Some("a.json".into());
        assert_eq!(find(&places), Some("/w/p/a.json".into()), "a wrong name");
        places.workspace = None;
        assert_eq!(find(&places), None, "in a registry");
    }

    #[test]
    fn a_package_outside_of_a_workspace_has_its_own_plan_only() {
        let places = Places {
            workspace: None,
            named_by_package: None,
            ..all()
        };
        assert_eq!(
            places
                .find(|file| file.starts_with("/w/p"))
                .map(|found| found.named_by),
            Some(None)
        );
        assert_eq!(places.find(|_| false), None);
    }
}
