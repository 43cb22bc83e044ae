//! The workspace as `cargo metadata` describes it.

use super::error::PlanError;
use lunogram_rules::plan::{FILE, METADATA, Places, VARIABLE, is_fetched, normal};
use lunogram_rules::toml;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The output of `cargo metadata`.
#[derive(Deserialize)]
pub(super) struct Workspace {
    packages: Vec<Package>,
    #[serde(rename = "workspace_members")]
    members: Vec<String>,
    resolve: Option<Resolve>,
    #[serde(rename = "target_directory")]
    pub(super) target_folder: PathBuf,
    #[serde(rename = "workspace_root")]
    pub(super) root: PathBuf,
    #[serde(default)]
    metadata: Value,
    /// The plan that the environment variable names.
    #[serde(skip)]
    variable: Option<PathBuf>,
}

#[derive(Deserialize)]
pub(super) struct Package {
    pub(super) id: String,
    pub(super) name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
    #[serde(default)]
    metadata: Value,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
    src_path: PathBuf,
    #[serde(default, rename = "required-features")]
    required_features: Vec<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    dependencies: Vec<String>,
    #[serde(default)]
    features: Vec<String>,
}

/// A library or a binary whose types may belong in the plan.
pub(super) struct Unit<'w> {
    pub(super) package: &'w Package,
    pub(super) folder: &'w Path,
    pub(super) kind: UnitKind<'w>,
    pub(super) source: &'w Path,
}

#[derive(Clone, Copy)]
pub(super) enum UnitKind<'w> {
    Library,
    /// The binary with this name.
    Binary(&'w str),
}

impl Workspace {
    /// The workspace of a folder.
    pub(super) fn of(folder: &Path, options: &[String]) -> Result<Self, PlanError> {
        let output = cargo()
            .args(["metadata", "--format-version", "1"])
            .args(options)
            .current_dir(folder)
            .output()
            .map_err(|error| PlanError::environment(format!("cannot run cargo: {error}")))?;
        if !output.status.success() {
            let reason = String::from_utf8_lossy(&output.stderr);
            return Err(PlanError::environment(format!(
                "`cargo metadata` failed: {}",
                reason.trim()
            )));
        }
        let read = serde_json::from_slice(&output.stdout);
        let mut workspace: Self = read.map_err(|error| {
            PlanError::environment(format!(
                "cannot parse the output of `cargo metadata`: {error}"
            ))
        })?;
        workspace.variable = variable(&workspace.root);
        Ok(workspace)
    }

    /// The folder of the member at this path, as `cargo metadata` writes it.
    pub(super) fn member_at(&self, folder: &Path) -> Option<&Path> {
        let members = self.members().filter_map(|member| member.folder());
        let mut at = members.filter(|member| {
            *member == folder || fs::canonicalize(member).is_ok_and(|member| member == folder)
        });
        at.next()
    }

    /// The file of the plan that the package in a folder has for itself. It need not exist yet.
    pub(super) fn own_plan_of(&self, folder: &Path) -> PathBuf {
        let named = self.named_by_package(folder);
        normal(&folder.join(named.unwrap_or_else(|| FILE.into())))
    }

    /// The plan that the manifest of the package in a folder names.
    fn named_by_package(&self, folder: &Path) -> Option<PathBuf> {
        let mut members = self.members();
        let package = members.find(|member| member.folder() == Some(folder))?;
        named(&package.metadata)
    }

    /// The file of the plan of the package in a folder. It need not exist yet.
    pub(super) fn plan_of(&self, folder: &Path) -> PathBuf {
        let is_elsewhere = self.is_elsewhere(folder);
        let places = Places {
            package: folder.to_owned(),
            named_by_package: self.named_by_package(folder),
            workspace: (!is_elsewhere).then(|| self.root.clone()),
            named_by_workspace: named(&self.metadata),
            named_by_variable: self.variable.clone(),
        };
        let found = places.find(|file| file.symlink_metadata().is_ok());
        let new = if is_elsewhere { folder } else { &self.root };
        found.map_or_else(|| new.join(FILE), |found| found.file)
    }

    /// Whether the plan of this workspace is not about a member: it lies in another workspace, or
    /// Cargo has fetched it.
    fn is_elsewhere(&self, folder: &Path) -> bool {
        let between = folder.ancestors().take_while(|folder| *folder != self.root);
        let mut between = between.filter(|folder| folder.starts_with(&self.root));
        let is_root = |folder: &Path| {
            let manifest = fs::read_to_string(folder.join("Cargo.toml"));
            manifest.is_ok_and(|manifest| toml::is_workspace(&manifest))
        };
        between.any(is_root) || is_fetched(folder, Some(&self.root), Path::exists)
    }

    fn members(&self) -> impl Iterator<Item = &Package> {
        let packages = self.packages.iter();
        packages.filter(|package| self.members.contains(&package.id))
    }

    /// The libraries and binaries of the members that depend on this crate and whose folder is
    /// `wanted`.
    pub(super) fn units(&self, wanted: impl Fn(&Path) -> bool) -> Vec<Unit<'_>> {
        let dependents = self.dependents();
        let members = self.members();
        let members = members.filter(|package| dependents.contains(package.id.as_str()));
        let folders = members.filter_map(|package| Some((package, package.folder()?)));
        let mut units = Vec::new();
        for (package, folder) in folders.filter(|(_, folder)| wanted(folder)) {
            for target in &package.targets {
                if let Some(kind) = target.unit_kind()
                    && self.is_built(package, target)
                {
                    units.push(Unit {
                        package,
                        folder,
                        kind,
                        source: &target.src_path,
                    });
                }
            }
        }
        units
    }

    /// Whether the features that a target requires are on.
    fn is_built(&self, package: &Package, target: &Target) -> bool {
        let nodes = self.resolve.iter().flat_map(|resolve| &resolve.nodes);
        let node = nodes.into_iter().find(|node| node.id == package.id);
        let has = |feature: &String| node.is_none_or(|node| node.features.contains(feature));
        target.required_features.iter().all(has)
    }

    /// The packages that depend on this crate or on the crate of its events, directly or not.
    fn dependents(&self) -> BTreeSet<&str> {
        let nodes = self.resolve.iter().flat_map(|resolve| &resolve.nodes);
        let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for node in nodes {
            for dependency in &node.dependencies {
                users.entry(dependency).or_default().push(&node.id);
            }
        }
        let ours = self.packages.iter();
        let ours: Vec<&str> = ours
            .filter(|package| matches!(package.name.as_str(), "lunogram" | "lunogram-core"))
            .map(|package| package.id.as_str())
            .collect();
        let mut found = BTreeSet::new();
        let mut next = ours.clone();
        while let Some(id) = next.pop() {
            let of = users.get(id).into_iter().flatten();
            next.extend(of.copied().filter(|user| found.insert(*user)));
        }
        found.retain(|id| !ours.contains(id));
        found
    }
}

impl Package {
    fn folder(&self) -> Option<&Path> {
        self.manifest_path.parent()
    }
}

/// The plan that the metadata of a manifest names.
fn named(metadata: &Value) -> Option<PathBuf> {
    // `cargo metadata` returns the value of the first key.
    let [_, keys @ ..] = METADATA;
    let named = keys.iter().try_fold(metadata, |value, key| value.get(key));
    named?.as_str().map(PathBuf::from)
}

/// The plan that the environment variable names, by itself or by the `[env]` of a configuration of
/// Cargo in the folder of the workspace or above it.
fn variable(root: &Path) -> Option<PathBuf> {
    let set = || env::var_os(VARIABLE).filter(|path| !path.is_empty());
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let folders = root.ancestors().map(|folder| folder.join(".cargo"));
    let mut configured = folders.chain(home).filter_map(|cargo| {
        let folder = cargo.parent()?;
        let read = |name| fs::read_to_string(cargo.join(name)).ok();
        // The older name has precedence, as for Cargo.
        let entries = toml::entries(&read("config").or_else(|| read("config.toml"))?);
        let option = |key| toml::value(&entries, &["env", VARIABLE, key]);
        let path = option("value").or_else(|| toml::value(&entries, &["env", VARIABLE]))?;
        let path = match option("relative") {
            Some("true") => folder.join(path),
            _ => PathBuf::from(path),
        };
        Some((path, option("force") == Some("true")))
    });
    match configured.next() {
        Some((path, true)) => Some(path),
        configured => set()
            .map(PathBuf::from)
            .or_else(|| configured.map(|(path, _)| path)),
    }
}

impl Target {
    /// `None` for tests, examples, benchmarks and build scripts, whose types are not in the plan.
    fn unit_kind(&self) -> Option<UnitKind<'_>> {
        let is = |kinds: &[&str]| self.kind.iter().any(|kind| kinds.contains(&kind.as_str()));
        if is(&["lib", "rlib", "dylib", "cdylib", "staticlib"]) {
            Some(UnitKind::Library)
        } else if is(&["bin"]) {
            Some(UnitKind::Binary(&self.name))
        } else {
            None
        }
    }
}

/// The cargo that runs this program, if one does: a test or a build script must not mix toolchains.
pub(super) fn cargo() -> Command {
    let program = std::env::var_os("CARGO").filter(|program| !program.is_empty());
    Command::new(program.unwrap_or_else(|| "cargo".into()))
}
