//! Published packages: complete descriptions, and the expected files. `cargo publish --dry-run`,
//! which the gate runs as well, only warns about missing descriptions and does not know which files
//! belong.

use crate::Findings;
use crate::workspace::{Workspace, output_of};
use cargo_metadata::Package;
use std::error::Error;
use std::process::Command;

/// The files of each package beside its sources.
const FILES: &[&str] = &["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];
/// The files that cargo adds.
const ADDED_BY_CARGO: &[&str] = &[
    ".cargo_vcs_info.json",
    "Cargo.lock",
    "Cargo.toml",
    "Cargo.toml.orig",
];

pub(crate) fn check(workspace: &Workspace) -> Result<Findings, Box<dyn Error>> {
    let mut findings = Findings::new();
    for package in workspace.published() {
        let missing = undescribed(package);
        if !missing.is_empty() {
            findings.push(format!(
                "`{}` is published without {}; write it in its Cargo.toml",
                package.name,
                missing.join(", "),
            ));
        }
        let files = files(workspace, package)?;
        findings.extend(judge(&package.name, &files));
        println!("{} packages {} files", package.name, files.len());
    }
    Ok(findings)
}

fn undescribed(package: &Package) -> Vec<&'static str> {
    let described = [
        ("`categories`", !package.categories.is_empty()),
        ("`description`", package.description.is_some()),
        ("`documentation`", package.documentation.is_some()),
        ("`homepage`", package.homepage.is_some()),
        ("`keywords`", !package.keywords.is_empty()),
        ("`license`", package.license.is_some()),
        ("`readme`", package.readme.is_some()),
        ("`repository`", package.repository.is_some()),
        ("`rust-version`", package.rust_version.is_some()),
    ];
    described
        .into_iter()
        .filter(|(_, is)| !is)
        .map(|(field, _)| field)
        .collect()
}

fn files(workspace: &Workspace, package: &Package) -> Result<Vec<String>, Box<dyn Error>> {
    let list = output_of(Command::new("cargo").current_dir(workspace.root()).args([
        "package",
        "--quiet",
        "--list",
        "--allow-dirty",
        "--package",
        &package.name,
    ]))?;
    // Windows has other separators.
    Ok(list.lines().map(|line| line.replace('\\', "/")).collect())
}

fn judge(package: &str, files: &[String]) -> Findings {
    let mut findings = Findings::new();
    for file in FILES
        .iter()
        .filter(|file| !files.iter().any(|has| has == *file))
    {
        findings.push(format!(
            "`{package}` is published without {file}; link it into its folder"
        ));
    }
    let known = |file: &str| {
        file.starts_with("src/") || FILES.contains(&file) || ADDED_BY_CARGO.contains(&file)
    };
    for file in files.iter().filter(|file| !known(file)) {
        findings.push(format!(
            "`{package}` is published with {file}, which users do not need; leave it out of `include`",
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{FILES, judge};

    #[test]
    fn missing_and_superfluous_files_are_reported() {
        let mut files: Vec<_> = FILES.iter().map(|file| (*file).to_owned()).collect();
        files.push("src/lib.rs".to_owned());
        assert!(judge("shop", &files).is_empty());
        files.retain(|file| file != "LICENSE-MIT");
        files.push("tests/data/orders.csv".to_owned());
        let findings = judge("shop", &files);
        assert_eq!(findings.len(), 2, "{findings:#?}");
        assert!(findings[0].contains("LICENSE-MIT"), "{}", findings[0]);
        assert!(
            findings[1].contains("tests/data/orders.csv"),
            "{}",
            findings[1]
        );
    }
}
