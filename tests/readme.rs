//! README.md and the migrating page agree with the crate's documentation, and README.md's first
//! program builds and runs.

use lunogram::__private::routes::Operation;
use lunogram::testing::Server;
use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The README up to the first heading after its title.
fn introduction() -> String {
    let readme = read("README.md");
    let (introduction, _) = readme.split_once("\n## ").expect("a heading");
    introduction.to_owned()
}

/// The content of the first code block with this info string.
fn code_block<'a>(text: &'a str, language: &str) -> Option<&'a str> {
    let (_, block) = text.split_once(&format!("\n```{language}\n"))?;
    let (block, _) = block.split_once("\n```\n")?;
    Some(block)
}

/// The names in backticks at the start of a table's rows, with the next cell of each row.
fn rows(table: &str) -> Vec<(&str, &str)> {
    table
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` |"))
        .map(|(name, rest)| (name, rest.split('|').next().unwrap_or_default().trim()))
        .collect()
}

/// A manifest's features, and the line that lists the default ones.
fn features(manifest: &str) -> (BTreeSet<&str>, &str) {
    let (_, rest) = manifest.split_once("[features]\n").expect("features");
    let section = rest.split("\n[").next().unwrap_or_default();
    let lines = section.lines().filter(|line| !line.starts_with('#'));
    let mut names: BTreeSet<_> = lines
        .filter_map(|line| Some(line.split_once(" = ")?.0))
        .collect();
    assert!(names.remove("default"), "no default features");
    let default = section.lines().find(|line| line.starts_with("default = "));
    (names, default.unwrap_or_default())
}

/// A package that depends on what the README's `cargo add` line names, and on nothing else.
fn manifest(cargo_add: &str) -> String {
    let words = cargo_add
        .strip_prefix("cargo add ")
        .expect("a `cargo add` line");
    let (crates, features) = words.split_once(" --features ").unwrap_or((words, ""));
    let workspace = read("Cargo.toml");
    let dependencies: Vec<_> = crates
        .split(' ')
        .map(|name| {
            let features: Vec<_> = features
                .split(',')
                .filter_map(|feature| feature.strip_prefix(name)?.strip_prefix('/'))
                .collect();
            // This checkout stands in for crates.io; other crates have the workspace's version.
            let source = match name {
                "lunogram" => format!("path = '{}'", root().join("lunogram").display()),
                _ => format!("version = {:?}", version(&workspace, name)),
            };
            format!("{name} = {{ {source}, features = {features:?} }}")
        })
        .collect();
    // Profiles like those of the workspace, so that its dependencies need not be built again.
    let (_, profiles) = workspace.split_once("\n[profile.").expect("profiles");
    format!(
        "[package]\nname = \"lunogram-readme\"\nedition = \"2024\"\n\n\
         [dependencies]\n{}\n\n[workspace]\n\n[profile.{profiles}",
        dependencies.join("\n"),
    )
}

/// The version that the workspace's manifest requires of a dependency.
fn version<'a>(workspace: &'a str, name: &str) -> &'a str {
    workspace
        .lines()
        .filter_map(|line| line.strip_prefix(name)?.strip_prefix(" = "))
        .find_map(|requirement| requirement.split('"').nth(1))
        .unwrap_or_else(|| panic!("Cargo.toml has no version of {name}"))
}

#[test]
fn introduction_shows_how_to_install_and_start() {
    let introduction = introduction();
    for name in ["Client::from_env", "LUNOGRAM_API_KEY"] {
        assert!(introduction.contains(name), "{name} comes too late");
    }
    assert_eq!(introduction.matches("cargo add ").count(), 1);
}

#[test]
fn compile_error_is_about_the_first_program() {
    let introduction = introduction();
    let error = code_block(&introduction, "text").expect("a compile error");
    let program = code_block(&introduction, "rust,no_run").expect("a program");
    let (number, line) = program
        .lines()
        .zip(1..)
        .find_map(|(line, number)| line.contains("amount: 14.50").then_some((number, line)))
        .expect("an amount");
    let line = line.replace("amount", "ammount");
    assert!(error.contains(&format!("\n{number} | {line}\n")), "{error}");
    let column = line.find("ammount").unwrap_or_default() + 1;
    assert!(
        error.contains(&format!("src/main.rs:{number}:{column}\n")),
        "{error}"
    );
}

#[test]
fn first_program_builds_in_an_empty_package_and_prints_the_answer() {
    let introduction = introduction();
    let cargo_add = code_block(&introduction, "sh").expect("how to install");
    let program = code_block(&introduction, "rust,no_run").expect("a program");
    assert!(program.contains("fn main()"));

    // In the target folder and with it, so that a dependency that is built already is used again.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("..");
    let package = target.join("tmp/readme");
    fs::create_dir_all(package.join("src")).unwrap();
    fs::write(package.join("Cargo.toml"), manifest(cargo_add)).unwrap();
    fs::write(package.join("Cargo.lock"), read("Cargo.lock")).unwrap();
    fs::write(package.join("src/main.rs"), program).unwrap();

    let server = Server::start().unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["run", "--quiet", "--offline"])
        .current_dir(&package)
        .env("CARGO_TARGET_DIR", target)
        .env("LUNOGRAM_API_URL", server.url())
        .env("LUNOGRAM_API_KEY", server.key());
    // Build scripts that depend on variables of this test's package, as ring's does, would run
    // again here, and once more in the next build of the workspace.
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&*name);
        }
    }
    let output = cargo.output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}\n{errors}");

    let user = server.user("user_123").expect("the program upserts a user");
    assert!(printed.contains(&user.id.to_string()), "{printed}");
    assert!(printed.contains("pro"), "{printed}");
    assert_eq!(server.events_named("purchase_completed").len(), 1);
    assert!(server.lost().is_empty());
}

#[test]
fn table_of_features_is_that_of_the_guide_and_of_the_manifest() {
    let table = read("lunogram/src/guide/features.md");
    assert!(
        read("README.md").contains(&table),
        "README.md's table of features differs from lunogram/src/guide/features.md; copy it"
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
fn number_of_operations_is_that_of_the_table() {
    let count = Operation::ALL.len();
    assert!(
        read("README.md").contains(&format!("All {count} operations have a method")),
        "README.md has another number of operations than {count}"
    );
    assert!(
        read("examples/quickstart.rs").contains(&format!("assert_eq!(operations.len(), {count}")),
        "examples/quickstart.rs is to call all {count} operations"
    );
}

/// The names by which the documentation's search finds the methods in a folder: their own, and
/// their aliases. As for the search, underscores and case make no difference.
fn found_names(folder: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            names.extend(found_names(&path));
            continue;
        }
        let source = fs::read_to_string(&path).expect("a source file");
        let functions = source.split("\n    pub fn ").skip(1);
        let functions = functions.filter_map(|function| function.split(['(', '<']).next());
        let aliases = source.split("#[doc(alias(").skip(1);
        let aliases = aliases.filter_map(|aliases| aliases.split("))]").next());
        let aliases = aliases.flat_map(|aliases| aliases.split('"').skip(1).step_by(2));
        names.extend(functions.chain(aliases).map(searched));
    }
    names
}

fn searched(name: &str) -> String {
    name.replace('_', "").to_lowercase()
}

#[test]
fn every_operation_is_found_by_its_name() {
    let migrating = read("lunogram/src/guide/migrating.md");
    for face in ["client", "blocking"] {
        let names = found_names(&root().join("lunogram/src").join(face));
        for operation in Operation::ALL {
            let id = operation.id();
            assert!(
                names.contains(&searched(id)),
                "no method of `{face}` has the name `{id}`; add a `#[doc(alias)]`"
            );
            assert!(
                migrating.contains(&format!("`{id}`")),
                "the migrating page has no row for `{id}`"
            );
        }
    }
}

#[test]
fn every_page_of_the_guide_is_linked() {
    const GUIDE: &str = "https://docs.rs/lunogram/latest/lunogram/guide/";
    let readme = read("README.md");
    let linked: BTreeSet<_> = readme
        .split(GUIDE)
        .skip(1)
        .filter_map(|link| link.split('/').next())
        .collect();
    let contents = read("lunogram/src/guide/contents.md");
    let pages: BTreeSet<_> = contents
        .split("crate::guide::")
        .skip(1)
        .filter_map(|link| link.split(')').next())
        .collect();
    assert!(pages.len() > 1, "{pages:?}");
    assert_eq!(linked, pages);
}
