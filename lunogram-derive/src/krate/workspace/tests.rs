use super::*;
use std::process::Command;
use tempfile::TempDir;

/// Writes packages: their folders and the rest of their manifests.
fn packages(all: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().expect("a folder");
    for (folder, rest) in all {
        let path = root.path().join(folder);
        fs::create_dir_all(path.join("src")).expect("a folder");
        fs::write(path.join("src/lib.rs"), "").expect("a file");
        let name = folder.replace(['/', '.'], "_");
        let package = format!("[package]\nname = \"p{name}\"\nedition = \"2024\"\n{rest}");
        let manifest = if rest.starts_with("[workspace]") {
            rest
        } else {
            package.as_str()
        };
        fs::write(path.join("Cargo.toml"), manifest).expect("a file");
    }
    root
}

/// Whether cargo says that the package in a folder is a member of its workspace.
fn is_member_by_cargo(root: &Path, folder: &Path) -> bool {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .current_dir(root)
        .output()
        .expect("cargo runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{why}");
    let manifest = format!("\"manifest_path\":{:?}", folder.join("Cargo.toml"));
    text.contains(&manifest)
}

fn is_member(folder: &Path) -> bool {
    Workspace::around(folder).is_some_and(|workspace| workspace.has_member(folder))
}

#[test]
fn members_are_those_that_cargo_names() {
    const ROOT: &str = "[workspace]\nresolver = \"3\"
        members = [\"crates/*\", \"tools/x?\", \"./app\", \"third/kept\", \"deep/**/end\"]
        exclude = [\"crates/old\", \"third\"]
        [workspace.dependencies]\nshared = { package = \"plib_shared\", path = \"lib/shared\" }\n";
    let all = [
        (".", ROOT),
        (
            "crates/a",
            "[dependencies]\nplib_b = { path = \"../../lib/b\" }\n",
        ),
        ("crates/old", ""),
        ("tools/x1", ""),
        ("tools/y1", ""),
        (
            "app",
            "[dependencies]\nshared.workspace = true\n[dependencies.pthird_used]\npath = '../third/used'\n",
        ),
        (
            "lib/b",
            "[dev-dependencies]\nplib_c = { path = \"../c\" }\n[target.'cfg(windows)'.dependencies]\nplib_d.path = \"./../d\"\n",
        ),
        ("lib/c", ""),
        ("lib/d", ""),
        ("lib/shared", ""),
        ("lib/stray", ""),
        ("third/kept", ""),
        ("third/used", ""),
        ("third/other", ""),
        ("deep/one/two/end", ""),
        ("far", ""),
    ];
    let folder = packages(&all);
    let root = folder.path();
    let (members, others): (Vec<_>, Vec<_>) = all[1..]
        .iter()
        .map(|(folder, _)| normal(&root.join(folder)))
        .partition(|folder| is_member_by_cargo(root, folder));
    assert_eq!((members.len(), others.len()), (9, 6), "{members:?}");
    for folder in members {
        assert!(is_member(&folder), "{}", folder.display());
    }
    for folder in others {
        assert!(!is_member(&folder), "{}", folder.display());
    }
}

#[test]
fn the_package_of_the_root_may_have_members() {
    let root = "[workspace]\n[package]\nname = \"root\"\nedition = \"2024\"\n[dependencies]\npused = { path = \"used\" }\n";
    let folder = packages(&[(".", root), ("used", ""), ("unused", "")]);
    let root = folder.path();
    for (folder, wanted) in [("", true), ("used", true), ("unused", false)] {
        let folder = normal(&root.join(folder));
        assert_eq!(is_member_by_cargo(root, &folder), wanted);
        assert_eq!(is_member(&folder), wanted, "{}", folder.display());
    }
}

#[test]
fn a_package_of_another_workspace_is_not_a_member() {
    let outer = "[workspace]\nmembers = [\"a\"]\n";
    let inner = "[workspace]\nmembers = [\"b\"]\n";
    let a = "[dependencies]\npinner_b = { path = \"../inner/b\" }\n";
    let folder = packages(&[(".", outer), ("a", a), ("inner", inner), ("inner/b", "")]);
    let root = folder.path();
    let b = root.join("inner/b");
    // Cargo takes it for a member of both. Its own workspace decides about its plan.
    assert!(is_member_by_cargo(root, &b) && is_member_by_cargo(&root.join("inner"), &b));
    assert!(is_member(&b));
    let workspace = Workspace::around(&b).expect("a workspace");
    assert_eq!(workspace.root, root.join("inner"));
    let workspace = Workspace::around(&root.join("a")).expect("a workspace");
    assert!(workspace.has_member(&root.join("a")) && !workspace.has_member(&b));
}

#[test]
fn a_manifest_may_name_the_root() {
    let member = "workspace = \"../root\"\n";
    let root = "[workspace]\nmembers = [\"../beside\"]\n";
    let folder = packages(&[("root", root), ("beside", member)]);
    let beside = folder.path().join("beside");
    assert!(is_member_by_cargo(&folder.path().join("root"), &beside));
    assert!(is_member(&beside));
}

#[test]
fn sources_that_cargo_has_fetched_are_not_members() {
    let root = "[workspace]\nmembers = [\"**/acme\"]\n";
    let places = [
        ("vendor/acme", "vendor/acme/.cargo-checksum.json"),
        (
            "home/registry/src/index/acme",
            "home/registry/src/index/acme/.cargo-ok",
        ),
        (
            "home/git/checkouts/x/1/acme",
            "home/git/checkouts/x/1/.cargo-ok",
        ),
    ];
    let folder = packages(&[
        (".", root),
        ("acme", ""),
        (places[0].0, ""),
        (places[1].0, ""),
        (places[2].0, ""),
    ]);
    let root = folder.path();
    assert!(is_member(&root.join("acme")));
    for (package, mark) in places {
        let package = root.join(package);
        assert!(is_member(&package), "without the mark, `members` has it");
        fs::write(root.join(mark), "").expect("a file");
        assert!(!is_member(&package), "{}", package.display());
    }
}

#[test]
fn a_package_in_no_workspace_is_its_own_root() {
    let folder = packages(&[
        ("alone", ""),
        ("fetched", ""),
        (".", "[workspace]\nexclude = [\"alone\"]\n"),
    ]);
    let root = folder.path();
    for around in [true, false] {
        let of = |package: &str| Workspace::of(&root.join(package)).map(|found| found.root);
        assert_eq!(of("alone"), Some(root.join("alone")));
        fs::write(root.join("fetched/.cargo-ok"), "").expect("a file");
        assert_eq!(of("fetched"), None);
        if around {
            fs::remove_file(root.join("Cargo.toml")).expect("removed");
        }
    }
}
