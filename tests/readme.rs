//! What the README says in the place of the crate's documentation is what that says.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The names in backticks at the start of a table's rows, with the cell behind each.
fn rows(table: &str) -> Vec<(&str, &str)> {
    table
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` |"))
        .map(|(name, rest)| (name, rest.split('|').next().unwrap_or_default().trim()))
        .collect()
}

/// The features of a manifest, and those that are there by default.
fn features(manifest: &str) -> (BTreeSet<&str>, &str) {
    let (_, behind) = manifest.split_once("[features]\n").expect("features");
    let section = behind.split("\n[").next().unwrap_or_default();
    let lines = section.lines().filter(|line| !line.starts_with('#'));
    let mut names: BTreeSet<_> = lines
        .filter_map(|line| Some(line.split_once(" = ")?.0))
        .collect();
    assert!(names.remove("default"), "no default features");
    let default = section.lines().find(|line| line.starts_with("default = "));
    (names, default.unwrap_or_default())
}

#[test]
fn the_table_of_features_is_that_of_the_crate() {
    let table = read("lunogram/src/guide/features.md");
    assert!(
        read("README.md").contains(&table),
        "README.md's table of features is not that of lunogram/src/guide/features.md; copy it"
    );
    let manifest = read("lunogram/Cargo.toml");
    let (names, default) = features(&manifest);
    let rows = rows(&table);
    assert_eq!(
        rows.iter().map(|(name, _)| *name).collect::<BTreeSet<_>>(),
        names
    );
    for (name, remark) in rows {
        let is_default = default.contains(&format!("\"{name}\""));
        assert_eq!(remark == "default", is_default, "{name}");
    }
}

#[test]
fn every_page_of_the_guide_is_linked_to() {
    const GUIDE: &str = "https://docs.rs/lunogram/latest/lunogram/guide/";
    let readme = read("README.md");
    let linked: BTreeSet<_> = readme
        .split(GUIDE)
        .skip(1)
        .filter_map(|behind| behind.split('/').next())
        .collect();
    let contents = read("lunogram/src/guide/contents.md");
    let pages: BTreeSet<_> = contents
        .split("crate::guide::")
        .skip(1)
        .filter_map(|behind| behind.split(')').next())
        .collect();
    assert!(pages.len() > 1, "{pages:?}");
    assert_eq!(linked, pages);
}
