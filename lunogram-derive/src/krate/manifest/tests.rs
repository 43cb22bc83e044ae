use super::*;

fn alone(manifest: &str) -> Option<String> {
    named(manifest, || None)
}

fn named(manifest: &str, workspace: impl FnOnce() -> Option<String>) -> Option<String> {
    runtime_name(&toml::entries(manifest), || {
        Some(toml::entries(&workspace()?))
    })
}

#[test]
fn a_dependency_that_is_not_renamed_has_its_own_name() {
    for manifest in [
        "[dependencies]\nlunogram = \"0.1\"\n",
        "[dependencies]\nlunogram = { version = \"0.1\", features = [\"testing\"] }\n",
        "[dependencies.lunogram]\nversion = \"0.1\"\n",
        "dependencies.lunogram.version = \"0.1\"",
        "[dependencies]\nlunogram.workspace = true\n",
        "[dependencies]\nlunogram = \"0.1\"\nl = { package = \"lunogram\", version = \"0.0.9\" }\n",
    ] {
        assert_eq!(alone(manifest).as_deref(), Some("lunogram"), "{manifest}");
        let core = manifest.replace("lunogram", "lunogram-core");
        assert_eq!(alone(&core).as_deref(), Some("lunogram-core"), "{core}");
    }
}

#[test]
fn lunogram_has_precedence_over_core() {
    for manifest in [
        "[dependencies]\nlunogram = \"0.1\"\nlunogram-core = \"0.1\"",
        "[dependencies]\nlunogram-core = \"0.1\"\nlunogram = \"0.1\"",
        "[dependencies]\nlunogram-core.workspace = true\nlunogram.workspace = true",
        "[dependencies]\nevents = { package = \"lunogram-core\" }\nlunogram = \"0.1\"",
        "[dev-dependencies]\nlunogram-core = \"0.1\"\nlunogram = \"0.1\"",
        "[dependencies]\nlunogram = \"0.1\"\n[dev-dependencies]\nlunogram-core = \"0.1\"",
    ] {
        assert_eq!(alone(manifest).as_deref(), Some("lunogram"), "{manifest}");
    }
    let renamed = "[dependencies]\nluna = { package = \"lunogram\" }\nlunogram-core = \"0.1\"";
    assert_eq!(alone(renamed).as_deref(), Some("luna"));
    let member = "[dependencies]\nlunogram-core.workspace = true\nluna.workspace = true";
    let workspace = "[workspace.dependencies]\nluna = { package = \"lunogram\" }";
    let found = named(member, || Some(workspace.to_owned()));
    assert_eq!(found.as_deref(), Some("luna"));
}

#[test]
fn a_dependency_of_all_code_has_precedence_over_one_of_some_of_it() {
    for manifest in [
        "[dependencies]\nlunogram-core = \"0.1\"\n[dev-dependencies]\nlunogram = \"0.1\"",
        "[dev-dependencies]\nlunogram = \"0.1\"\n[dependencies]\nlunogram-core = \"0.1\"",
        "[dependencies]\nlunogram-core = \"0.1\"\nlunogram = { version = \"0.1\", optional = true }",
        "[dependencies]\nlunogram-core = \"0.1\"\n[target.'cfg(unix)'.dependencies]\nlunogram = \"0.1\"",
        "[dev-dependencies]\nlunogram-core = \"0.1\"\n[build-dependencies]\nlunogram = \"0.1\"",
        "[dependencies]\nlunogram-core = \"0.1\"\n[dev-dependencies]\nlunogram-core = { version = \"0.1\", features = [\"url\"] }\nluna = { package = \"lunogram\" }",
    ] {
        assert_eq!(
            alone(manifest).as_deref(),
            Some("lunogram-core"),
            "{manifest}"
        );
    }
    let renamed = "[dev-dependencies]\nlunogram = \"0.1\"\n[dependencies]\nold = { package = \"lunogram\" }\n";
    assert_eq!(alone(renamed).as_deref(), Some("old"));
}

#[test]
fn the_package_itself_has_its_own_name() {
    let core =
        "[package]\nname = \"lunogram-core\"\n[dev-dependencies]\nlunogram = { path = \"..\" }";
    assert_eq!(alone(core).as_deref(), Some("lunogram-core"));
    let lunogram = "[package]\nname = \"lunogram\"\n[dependencies]\nlunogram-core = \"0.1\"";
    assert_eq!(alone(lunogram).as_deref(), Some("lunogram"));
}

#[test]
fn an_alias_is_found_in_every_dependency_syntax() {
    for manifest in [
        "[dependencies]\nluna = { package = \"lunogram\", version = \"0.1\" }",
        "[dependencies]\r\nluna = { version = \"0.1\", package = \"lunogram\" } # a comment\r\n",
        "[dependencies]\nserde = \"1\"\nluna = { features = [\n  \"testing\", # one\n  'x',\n], package = 'lunogram' }",
        "[dependencies.luna]\nversion = \"0.1\"\npackage = \"lunogram\"",
        "[dependencies]\nluna.version = \"0.1\"\nluna.package = \"lunogram\"",
        "dependencies.luna = { package = \"lunogram\" }",
        "[ dependencies . \"luna\" ]\n\"package\" = \"lunogram\"",
        "[dev-dependencies]\nluna = { package = \"lunogram\" }",
        "[target.'cfg(all(unix, not(target_os = \"macos\")))'.dependencies]\nluna = { package = \"lunogram\" }",
        "[target.\"x86_64-unknown-linux-gnu\".dev-dependencies.luna]\npackage = \"lunogram\"",
        "[package]\ndescription = \"\"\"\n[dependencies]\nlunogram = 1 \"quoted\" \\\"\"\"\"\nx = ''\n[dependencies]\nluna = { package = \"lunogram\" }",
        "[package]\nauthors = [\"a # [\", \"b\"]\n[[bin]]\nname = \"x\"\n[dependencies]\nluna = { package = \"lunogram\" }",
        "?? not toml\n[dependencies]\n= 5\nluna = { package = \"lunogram\" }",
        "[dependencies]\nluna = { ? ! package = 1, = , package = \"lunogram\" }",
    ] {
        assert_eq!(alone(manifest).as_deref(), Some("luna"), "{manifest}");
        let core = manifest.replace("\"lunogram\"", "\"lunogram-core\"");
        let core = core.replace("'lunogram'", "'lunogram-core'");
        assert_eq!(alone(&core).as_deref(), Some("luna"), "{core}");
    }
}

#[test]
fn other_tables_and_comments_are_ignored() {
    for manifest in [
        "",
        "[dependencies]\nserde = \"1\"\n",
        "# [dependencies]\n# luna = { package = \"lunogram\" }",
        "[patch.crates-io]\nluna = { package = \"lunogram\" }",
        "[package.metadata.dependencies]\nluna = { package = \"lunogram\" }",
        "[dependencies]\nluna = { package = \"lunogram-derive\" }",
        "[dependencies]\nluna = { version = \"1\" # package = \"lunogram\"\n}",
    ] {
        assert_eq!(alone(manifest), None, "{manifest}");
    }
}

#[test]
fn an_inherited_alias_is_found_in_the_workspace() {
    let member = "[dependencies]\nserde.workspace = true\nluna = { workspace = true, features = [\"testing\"] }";
    assert_eq!(named(member, || None), None);
    for package in PACKAGES {
        let workspace = format!(
            "[workspace]\nmembers = [\"a\"]\n[workspace.dependencies]\nother = {{ package = \"{package}\" }}\n\
             luna = {{ package = \"{package}\", path = \"x\" }}"
        );
        let found = named(member, || Some(workspace));
        assert_eq!(found.as_deref(), Some("luna"), "{package}");
        let without = format!(
            "[workspace.dependencies]\nluna = \"1\"\nother = {{ package = \"{package}\" }}"
        );
        assert_eq!(named(member, || Some(without)), None, "{package}");
    }
}

#[test]
fn the_workspace_is_read_for_inherited_dependencies_only() {
    for (manifest, expected) in [
        ("[dependencies]\nserde = \"1\"", None),
        (
            "[dependencies]\nlunogram.workspace = true",
            Some("lunogram"),
        ),
        (
            "[dependencies]\nserde.workspace = true\nlunogram.workspace = true",
            Some("lunogram"),
        ),
        (
            "[dependencies]\nlunogram-core.workspace = true",
            Some("lunogram-core"),
        ),
    ] {
        let found = named(manifest, || panic!("read for {manifest}"));
        assert_eq!(found.as_deref(), expected, "{manifest}");
    }
}

#[test]
fn a_truncated_manifest_ends_the_scan() {
    let whole = "[target.'x'.dependencies]\nluna = { features = [\"a\", '''b''', 1], package = \"lunogram\" }";
    assert_eq!(alone(whole).as_deref(), Some("luna"));
    for end in 0..whole.len() - 12 {
        assert_eq!(alone(&whole[..end]), None, "{}", &whole[..end]);
    }
}
