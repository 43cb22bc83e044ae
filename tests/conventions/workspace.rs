//! The workspace as cargo describes it.

use cargo_metadata::{CargoOpt, Metadata, MetadataCommand, Package};
use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) struct Workspace {
    metadata: Metadata,
}

impl Workspace {
    pub(crate) fn read() -> Result<Self, Box<dyn Error>> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.toml");
        let metadata = MetadataCommand::new()
            .manifest_path(manifest)
            .features(CargoOpt::AllFeatures)
            .other_options(vec!["--locked".to_owned()])
            .exec()?;
        Ok(Self { metadata })
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.metadata.workspace_root.clone().into()
    }

    pub(crate) fn target(&self) -> PathBuf {
        self.metadata.target_directory.clone().into()
    }

    /// The packages that are published: all without a `publish` setting.
    pub(crate) fn published(&self) -> impl Iterator<Item = &Package> {
        self.metadata
            .workspace_packages()
            .into_iter()
            .filter(|package| package.publish.is_none())
    }

    /// A package of the dependency graph, by its name and version.
    pub(crate) fn package(&self, name: &str, version: &str) -> Option<&Package> {
        let is_it =
            |package: &&Package| package.name == name && package.version.to_string() == version;
        self.metadata.packages.iter().find(is_it)
    }
}

/// The names and versions of a package and its dependencies over such edges, from `cargo tree` with
/// `arguments`.
pub(crate) fn tree(
    manifest: &Path,
    edges: &str,
    arguments: &[&str],
) -> Result<BTreeSet<(String, String)>, Box<dyn Error>> {
    let list = tree_lines(
        manifest,
        &[&["--edges", edges, "--format", "{p}"], arguments].concat(),
    )?;
    let mut found = BTreeSet::new();
    for line in list.lines() {
        let mut words = line.split(' ');
        if let (Some(name), Some(version)) = (words.next(), words.next()) {
            found.insert((name.to_owned(), version.trim_start_matches('v').to_owned()));
        }
    }
    Ok(found)
}

/// The output of `cargo tree` with `arguments`, without indentation.
pub(crate) fn tree_lines(manifest: &Path, arguments: &[&str]) -> Result<String, Box<dyn Error>> {
    output_of(
        Command::new("cargo")
            .args([
                "tree",
                "--quiet",
                "--locked",
                "--prefix",
                "none",
                "--manifest-path",
            ])
            .arg(manifest)
            .args(arguments),
    )
}

/// The standard output of a command.
///
/// # Errors
/// When the command fails, with its standard error.
pub(crate) fn output_of(command: &mut Command) -> Result<String, Box<dyn Error>> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout)?);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?} failed: {errors}").into())
}
