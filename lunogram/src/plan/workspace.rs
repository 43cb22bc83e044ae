//! The workspace as `cargo metadata` describes it.

use super::error::PlanError;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
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
}

#[derive(Deserialize)]
pub(super) struct Package {
    pub(super) id: String,
    pub(super) name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
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
        serde_json::from_slice(&output.stdout).map_err(|error| {
            PlanError::environment(format!(
                "cannot parse the output of `cargo metadata`: {error}"
            ))
        })
    }

    /// The libraries and binaries of the members that depend on this crate and whose folder is
    /// `wanted`.
    pub(super) fn units(&self, wanted: impl Fn(&Path) -> bool) -> Vec<Unit<'_>> {
        let dependents = self.dependents();
        let members = self.packages.iter().filter(|package| {
            self.members.contains(&package.id) && dependents.contains(package.id.as_str())
        });
        let folders =
            members.filter_map(|package| Some((package, package.manifest_path.parent()?)));
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
