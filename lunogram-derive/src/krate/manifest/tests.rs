use super::*;

fn alone(manifest: &str) -> Option<String> {
    alias(manifest, "lunogram", || None)
}

#[test]
fn a_dependency_that_is_not_renamed_has_no_alias() {
    for manifest in [
        "",
        "[dependencies]\nserde = \"1\"\n",
        "[dependencies]\nlunogram = \"0.1\"\n",
        "[dependencies]\nlunogram = { version = \"0.1\", features = [\"testing\"] }\n",
        "[dependencies.lunogram]\nversion = \"0.1\"\n",
        "dependencies.lunogram.version = \"0.1\"",
        "[dependencies]\nlunogram.workspace = true\n",
        "[dependencies]\nlunogram = \"0.1\"\nold = { package = \"lunogram\", version = \"0.0.9\" }\n",
        "[dev-dependencies]\nlunogram = \"0.1\"\n[dependencies]\nold = { package = \"lunogram\" }\n",
    ] {
        assert_eq!(alone(manifest), None, "{manifest}");
    }
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
    }
}

#[test]
fn other_tables_and_comments_are_ignored() {
    for manifest in [
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
    let workspace = "[workspace]\nmembers = [\"a\"]\n[workspace.dependencies]\nother = { package = \"lunogram\" }\n\
                     luna = { package = \"lunogram\", path = \"x\" }";
    assert!(is_workspace(workspace) && !is_workspace(member));
    let found = alias(member, "lunogram", || Some(workspace.to_owned()));
    assert_eq!(found.as_deref(), Some("luna"));
    assert_eq!(alias(member, "lunogram", || None), None);
    let without = "[workspace.dependencies]\nluna = \"1\"\nother = { package = \"lunogram\" }";
    assert_eq!(alias(member, "lunogram", || Some(without.to_owned())), None);
}

#[test]
fn the_workspace_is_read_for_inherited_dependencies_only() {
    for manifest in [
        "[dependencies]\nserde = \"1\"",
        "[dependencies]\nlunogram.workspace = true",
    ] {
        let found = alias(manifest, "lunogram", || panic!("read for {manifest}"));
        assert_eq!(found, None);
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
