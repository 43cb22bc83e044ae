//! The crates that `lunogram` and `lunogram-core` add to an application: their number, and the Rust
//! version that they need.

use crate::workspace::{Workspace, tree};
use crate::{CLIENT, CORE, Findings};
use std::collections::BTreeSet;
use std::error::Error;

/// The edges of `cargo tree` to everything that an application builds.
const BUILT: &str = "normal,build";

/// The number of crates that the default features may add to the baseline.
const MAX_CRATES: usize = 11;

/// The number of packages that a crate of events depends on, `lunogram-core` included; those of
/// build scripts are not counted.
const MAX_PACKAGES_OF_CORE: usize = 19;

pub(crate) fn check(workspace: &Workspace) -> Result<Findings, Box<dyn Error>> {
    let mut findings = beyond_baseline(workspace)?;
    findings.extend(core(workspace)?);
    findings.extend(rust_versions(workspace)?);
    Ok(findings)
}

fn core(workspace: &Workspace) -> Result<Findings, Box<dyn Error>> {
    let manifest = workspace.root().join("Cargo.toml");
    let packages = tree(&manifest, "normal", &["--package", CORE])?;
    println!(
        "`{CORE}` is {} packages with its dependencies",
        packages.len()
    );
    Ok(judge_core(&packages))
}

fn judge_core(packages: &BTreeSet<(String, String)>) -> Findings {
    if packages.len() <= MAX_PACKAGES_OF_CORE {
        return Findings::new();
    }
    let list: Vec<_> = packages.iter().map(|(name, _)| name.as_str()).collect();
    vec![format!(
        "`{CORE}` is {} packages with its default features, and at most {MAX_PACKAGES_OF_CORE} are promised: {}; \
         make new dependencies optional, or of `lunogram`",
        packages.len(),
        list.join(" "),
    )]
}

fn beyond_baseline(workspace: &Workspace) -> Result<Findings, Box<dyn Error>> {
    let baseline = workspace
        .root()
        .join("tests/conventions/baseline/Cargo.toml");
    let ours = workspace.root().join("Cargo.toml");
    let baseline = names(tree(&baseline, BUILT, &[])?);
    let ours = names(tree(&ours, BUILT, &["--package", CLIENT])?);
    let beyond: Vec<_> = ours
        .difference(&baseline)
        .map(String::as_str)
        .filter(|name| *name != CLIENT)
        .collect();
    let list = beyond.join(" ");
    println!(
        "{} crates beyond reqwest, tokio, serde_json and chrono: {list}",
        beyond.len()
    );
    if beyond.len() <= MAX_CRATES {
        return Ok(Findings::new());
    }
    Ok(vec![format!(
        "the default features add {} crates to tests/conventions/baseline, and at most {MAX_CRATES} are \
         promised: {list}; make new dependencies optional",
        beyond.len(),
    )])
}

fn names(packages: BTreeSet<(String, String)>) -> BTreeSet<String> {
    packages.into_iter().map(|(name, _)| name).collect()
}

/// No dependency, with any feature on any system, needs a newer Rust than the promised one.
fn rust_versions(workspace: &Workspace) -> Result<Findings, Box<dyn Error>> {
    let ours = workspace
        .published()
        .find(|package| package.name == CLIENT)
        .and_then(|package| package.rust_version.clone())
        .ok_or("`lunogram` has no `rust-version`; write one in Cargo.toml")?;
    let every = ["--package", CLIENT, "--all-features", "--target", "all"];
    let tree = tree(&workspace.root().join("Cargo.toml"), BUILT, &every)?;
    let mut findings = Findings::new();
    let (mut declared, mut undeclared) = (Vec::new(), Vec::new());
    for (name, version) in tree {
        let package = workspace
            .package(&name, &version)
            .ok_or_else(|| format!("`cargo metadata` does not list `{name}` {version}"))?;
        if package.source.is_none() {
            continue;
        }
        match &package.rust_version {
            Some(needed) if *needed > ours => findings.push(format!(
                "`{name}` {version} needs Rust {needed}, and {ours} is promised; choose an older version with `cargo update \
                 --precise`, or raise `rust-version` in Cargo.toml",
            )),
            Some(needed) => declared.push((needed, name)),
            None => undeclared.push(name),
        }
    }
    declared.sort();
    if let Some((needed, name)) = declared.last() {
        println!("Rust {ours} is promised; of dependencies, `{name}` needs the newest: {needed}");
    }
    println!(
        "{} dependencies declare no `rust-version`: {}",
        undeclared.len(),
        undeclared.join(" ")
    );
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::{MAX_PACKAGES_OF_CORE, judge_core};

    #[test]
    fn a_package_too_many_is_reported() {
        let packages = |count| {
            let package = |index| (format!("package_{index}"), "1.0.0".to_owned());
            (0..count).map(package).collect()
        };
        assert!(judge_core(&packages(MAX_PACKAGES_OF_CORE)).is_empty());
        assert_eq!(judge_core(&packages(MAX_PACKAGES_OF_CORE + 1)).len(), 1);
    }
}
