//! Asks a workspace's types what they are.
//!
//! Only the compiler knows what a type's name stands for, so the types are asked while it compiles them: the derives expand to
//! constants that panic with what they have to tell, and the messages are read here. Nothing of the application runs, and
//! nothing of it has to be public. Each target is compiled by itself, by `cargo rustc`, whose extra arguments keep such a build
//! apart from all others.

use super::error::{PlanError, PlanErrorKind};
use super::told::Told;
use lunogram_rules::plan::COLLECT;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What `cargo metadata` says.
#[derive(Deserialize)]
pub(super) struct Workspace {
    packages: Vec<Package>,
    #[serde(rename = "workspace_members")]
    members: Vec<String>,
    resolve: Option<Resolve>,
    target_directory: PathBuf,
    #[serde(rename = "workspace_root")]
    pub(super) root: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
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

/// One line of `cargo --message-format json`.
#[derive(Deserialize)]
struct Line {
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    level: String,
    #[serde(rename = "message")]
    text: String,
    rendered: Option<String>,
    #[serde(default)]
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    line_start: usize,
    is_primary: bool,
}

/// A library or a binary that may have types to tell of.
pub(super) struct Unit<'w> {
    package: &'w Package,
    folder: &'w Path,
    target: Which<'w>,
    pub(super) source: &'w Path,
}

/// Which target of a package it is.
#[derive(Clone, Copy)]
enum Which<'w> {
    Library,
    Binary(&'w str),
}

impl Workspace {
    /// The workspace that a folder is in.
    pub(super) fn of(folder: &Path, options: &[String]) -> Result<Self, PlanError> {
        let output = cargo()
            .args(["metadata", "--format-version", "1"])
            .args(options)
            .current_dir(folder)
            .output()
            .map_err(|error| PlanError::environment(format!("cargo cannot be run: {error}")))?;
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr);
            return Err(PlanError::environment(format!(
                "cargo cannot tell of the workspace: {}",
                why.trim()
            )));
        }
        serde_json::from_slice(&output.stdout).map_err(|error| {
            PlanError::environment(format!(
                "cargo tells of the workspace in a way that this version does not read: {error}"
            ))
        })
    }

    /// The libraries and binaries of the members that `wanted` takes, as far as they depend on this crate.
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
                if !self.is_built(package, target) {
                    continue;
                }
                let is = |kinds: &[&str]| {
                    target
                        .kind
                        .iter()
                        .any(|kind| kinds.contains(&kind.as_str()))
                };
                let name = target.name.as_str();
                let which = if is(&["lib", "rlib", "dylib", "cdylib", "staticlib"]) {
                    Which::Library
                } else if is(&["bin"]) {
                    Which::Binary(name)
                } else {
                    continue;
                };
                let source = &target.src_path;
                units.push(Unit {
                    package,
                    folder,
                    target: which,
                    source,
                });
            }
        }
        units
    }

    /// Whether the features are there that a binary needs.
    fn is_built(&self, package: &Package, target: &Target) -> bool {
        let nodes = self.resolve.iter().flat_map(|resolve| &resolve.nodes);
        let node = nodes.into_iter().find(|node| node.id == package.id);
        let has = |feature: &String| node.is_none_or(|node| node.features.contains(feature));
        target.required_features.iter().all(has)
    }

    /// The packages that depend on this crate, by however many steps.
    fn dependents(&self) -> BTreeSet<&str> {
        let nodes = self.resolve.iter().flat_map(|resolve| &resolve.nodes);
        let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for node in nodes {
            for dependency in &node.dependencies {
                users.entry(dependency).or_default().push(&node.id);
            }
        }
        let ours = self
            .packages
            .iter()
            .filter(|package| package.name == "lunogram");
        let mut found = BTreeSet::new();
        let mut next: Vec<&str> = ours.map(|package| package.id.as_str()).collect();
        while let Some(id) = next.pop() {
            let of = users.get(id).into_iter().flatten();
            next.extend(of.copied().filter(|user| found.insert(*user)));
        }
        found
    }

    /// Asks the types of one target.
    ///
    /// # Errors
    /// [`Code`](PlanErrorKind::Code) where it does not compile.
    pub(super) fn ask(&self, unit: &Unit<'_>, options: &[String]) -> Result<Vec<Told>, PlanError> {
        let mut asked = unit.folder.display().to_string();
        let mut command = cargo();
        command.args([
            "rustc",
            "--quiet",
            "--profile",
            "check",
            "--message-format",
            "json",
            "--package",
            &unit.package.id,
        ]);
        let option = match unit.target {
            Which::Library => "--lib",
            Which::Binary(_) => "--bin",
        };
        command.arg(option);
        if let Which::Binary(name) = unit.target {
            asked = format!("{asked}\n{name}");
            command.arg(name);
        }
        let output = command
            .args(options)
            .arg("--target-dir")
            .arg(self.target_directory.join("lunogram-plan"))
            // What the application denies is its own affair, and must not be in front of what is asked.
            .args(["--", "--cfg", "lunogram_plan", "--cap-lints", "warn"])
            .current_dir(unit.folder)
            .env(COLLECT, asked)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| PlanError::environment(format!("cargo cannot be run: {error}")))?;
        let (mut told, mut mistakes) = (Vec::new(), Vec::new());
        for line in output.stdout.split(|byte| *byte == b'\n') {
            let Ok(Line {
                message: Some(message),
            }) = serde_json::from_slice(line)
            else {
                continue;
            };
            let span = message.spans.iter().find(|span| span.is_primary);
            let place = span.map_or_else(String::new, |span| self.place(unit, span));
            match Told::find(&message.text, &place) {
                Some(one) => told.push(one),
                None if message.level == "error" && span.is_some() => {
                    mistakes.push(message.rendered.unwrap_or(message.text));
                }
                None => {}
            }
        }
        if !mistakes.is_empty() {
            let message = format!(
                "the plan is made of code that compiles, and this does not:\n{}",
                mistakes.join("\n")
            );
            return Err(PlanError::new(PlanErrorKind::Code, message));
        }
        if told.is_empty() && !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr);
            let message = format!("cargo cannot build `{}`: {}", unit.package.name, why.trim());
            return Err(PlanError::new(PlanErrorKind::Code, message));
        }
        Ok(told)
    }

    /// Paths in messages are relative to the root.
    fn place(&self, unit: &Unit<'_>, span: &Span) -> String {
        let file = self.root.join(&span.file_name);
        let file = file.strip_prefix(&self.root).unwrap_or(&file);
        format!(
            "{}:{} (package `{}`)",
            file.display(),
            span.line_start,
            unit.package.name
        )
    }
}

fn cargo() -> Command {
    let program = std::env::var_os("CARGO").filter(|program| !program.is_empty());
    Command::new(program.unwrap_or_else(|| "cargo".into()))
}
