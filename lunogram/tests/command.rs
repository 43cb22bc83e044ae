//! The command `lunogram` on a workspace of two packages, one of which does not depend on this
//! crate.

use lunogram::testing::Server;
use lunogram::{Client, Event, UpsertUserRequest};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

/// A workspace on disk. All workspaces share a target folder, so that dependencies are built once.
/// Cargo distinguishes their packages by version only, since it ignores the path of a workspace.
struct Workspace {
    folder: TempDir,
}

static NEXT_VERSION: AtomicUsize = AtomicUsize::new(0);

const SHOP: &str = r"
use lunogram::{LunogramEvent, LunogramProperty};
use serde::Serialize;

/// A basket was paid.
#[derive(LunogramEvent)]
pub struct PurchaseCompleted {
    #[lunogram(external_id)]
    pub user: String,
    pub amount: f64,
    pub currency: Currency,
    pub coupon: Option<String>,
}

#[derive(Serialize, LunogramProperty)]
pub enum Currency { Eur, Usd }
";

impl Workspace {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let crates = Path::new(env!("CARGO_MANIFEST_DIR"));
        let this = Self { folder };
        let version = NEXT_VERSION.fetch_add(1, Ordering::Relaxed);
        this.put(
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"shop\", \"stranger\"]\n",
        );
        this.put(
            "shop/Cargo.toml",
            &format!(
                "[package]\nname = \"shop\"\nversion = \"0.0.{version}\"\nedition = \"2024\"\n[dependencies]\n\
                 lunogram = {{ path = '{}', default-features = false }}\n\
                 serde = {{ version = \"1\", features = [\"derive\"] }}\n",
                crates.display()
            ),
        );
        this.put("shop/src/lib.rs", SHOP);
        this.put(
            "shop/src/main.rs",
            "fn main() { println!(\"{}\", lunogram::event_name!(\"shop.opened\")); }\n",
        );
        this.put(
            "stranger/Cargo.toml",
            &format!(
                "[package]\nname = \"stranger\"\nversion = \"0.0.{version}\"\nedition = \"2024\"\n"
            ),
        );
        this.put("stranger/src/lib.rs", "");
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("command");
        // Cargo would rename an empty folder away under the cargo of another test.
        fs::create_dir_all(target.join("debug")).expect("made");
        this.put(
            ".cargo/config.toml",
            &format!(
                "[build]\ntarget-dir = '{}'\n[net]\noffline = true\n",
                target.display()
            ),
        );
        fs::copy(crates.join("../Cargo.lock"), this.path("Cargo.lock")).expect("copied");
        this
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("read")
    }

    /// Changes the shop's code.
    fn edit(&self, from: &str, to: &str) {
        let code = self.read("shop/src/lib.rs");
        assert!(code.contains(from), "{from}");
        self.put("shop/src/lib.rs", &code.replace(from, to));
    }

    fn lunogram(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lunogram"));
        command
            .arg("plan")
            .args(arguments)
            .current_dir(self.folder.path());
        command
            .env_remove("LUNOGRAM_API_KEY")
            .env_remove("LUNOGRAM_PLAN");
        command
    }

    /// The exit code and the output.
    fn plan(&self, arguments: &[&str]) -> (i32, String) {
        code_and_text(&self.lunogram(arguments).output().expect("run"))
    }

    fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .args(["-c", "user.name=test", "-c", "user.email=test@example.com"])
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .expect("git runs");
        assert!(output.status.success(), "{output:?}");
    }

    /// The messages of `cargo check`. Those of the compiler are lines of JSON.
    fn check(&self) -> (bool, String) {
        let output = Command::new(env!("CARGO"))
            .args(["check", "--workspace", "--message-format", "json"])
            .current_dir(self.folder.path())
            .output()
            .expect("cargo runs");
        (
            output.status.success(),
            // Errors of cargo itself are not JSON.
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
        )
    }

    /// The members' targets that cargo compiled anew.
    fn compiled(&self) -> Vec<String> {
        let (ok, messages) = self.check();
        assert!(ok, "{messages}");
        let mut compiled: Vec<String> = messages
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .filter(|message| message["fresh"] == false)
            .filter_map(|message| Some(message["target"]["name"].as_str()?.to_owned()))
            .filter(|name| ["shop", "stranger"].contains(&name.as_str()))
            .collect();
        compiled.sort();
        compiled
    }
}

fn code_and_text(output: &Output) -> (i32, String) {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    let code = output.status.code().expect("a code");
    (code, String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn a_plan_is_written_checked_and_compared() {
    let workspace = Workspace::new();
    let file = "lunogram.plan.json";

    let (code, text) = workspace.plan(&["check"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("there is no tracking plan at"), "{text}");
    assert!(
        text.contains("run `lunogram plan write` to create it"),
        "{text}"
    );

    assert_eq!(workspace.compiled(), ["shop", "shop", "stranger"]);
    let (code, text) = workspace.plan(&["write"]);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("compatible  event `shop.opened` was added"),
        "{text}"
    );
    let first = workspace.read(file);
    assert!(
        first.contains("\"description\": \"A basket was paid.\""),
        "{first}"
    );
    // The first build did not depend on the file, which did not exist: only targets that have types
    // in it are built again.
    assert_eq!(workspace.compiled(), ["shop", "shop"]);
    assert_eq!(workspace.compiled(), [""; 0]);

    let (code, text) = workspace.plan(&["check"]);
    assert_eq!(code, 0, "{text}");
    let (code, text) = workspace.plan(&["write"]);
    assert_eq!((code, workspace.read(file)), (0, first.clone()));
    assert!(text.starts_with("no changes\n"), "{text}");

    // The compiler accepts another layout of the same plan; `check` does not.
    workspace.put(file, &first.replace("  ", "\t"));
    assert_eq!(workspace.compiled(), ["shop", "shop"]);
    let (code, text) = workspace.plan(&["check"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("but is formatted differently"), "{text}");
    workspace.put(file, &first);

    workspace.git(&["init", "--quiet"]);
    workspace.git(&["add", "."]);
    workspace.git(&["commit", "--quiet", "--message", "first"]);
    let (code, text) = workspace.plan(&["diff"]);
    assert_eq!((code, text.as_str()), (0, "no changes\n"));

    workspace.edit("amount: f64", "amount: Option<f64>");
    workspace.edit("coupon: Option<String>", "gift: bool");
    workspace.edit("Eur, Usd", "Eur, Gbp");
    let (ok, messages) = workspace.check();
    assert!(!ok && messages.contains("is optional here but required in the tracking plan"));
    let drift = [
        "event `purchase_completed`: property `amount` is now optional",
        "event `purchase_completed`: property `coupon` was removed",
        "type `Currency`: value `Usd` was removed",
        "event `purchase_completed`: property `gift` was added: {\"type\": \"boolean\"}",
        "type `Currency`: value `Gbp` was added",
    ];
    let (code, text) = workspace.plan(&["check"]);
    assert_eq!(code, 1, "{text}");
    let listed: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .collect();
    assert_eq!(listed, drift);
    assert_eq!(workspace.read(file), first, "`check` does not write");

    let (code, text) = workspace.plan(&["write"]);
    assert_eq!(code, 0, "{text}");
    let (ok, messages) = workspace.check();
    assert!(ok, "{messages}");
    let (code, text) = workspace.plan(&["diff", "HEAD"]);
    assert_eq!(code, 0, "{text}");
    let impacts: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(
        impacts,
        [
            "breaking",
            "breaking",
            "breaking",
            "compatible",
            "compatible"
        ]
    );
    assert_eq!(workspace.plan(&["diff", "--fail-on-breaking"]).0, 1);
    let (code, text) = workspace.plan(&["diff", "no-such-revision"]);
    assert_eq!(code, 2, "{text}");
    assert!(
        text.contains("git has no tracking plan at `no-such-revision`"),
        "{text}"
    );
}

/// A test of the application.
#[test]
#[ignore = "run by the next test, in a package with a plan"]
fn the_plan_is_current() {
    lunogram::plan::assert_current();
}

#[test]
fn a_test_checks_the_plan_and_writes_it_if_a_variable_is_set() {
    let (workspace, file) = (Workspace::new(), "lunogram.plan.json");
    let (code, text) = workspace.plan(&["write"]);
    assert_eq!(code, 0, "{text}");
    let run_test = |variable: Option<&str>| {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command
            .args(["--exact", "the_plan_is_current", "--ignored"])
            .current_dir(workspace.path("shop"))
            .env("CARGO_MANIFEST_DIR", workspace.path("shop"))
            .env_remove("LUNOGRAM_PLAN")
            .env_remove("LUNOGRAM_PLAN_WRITE");
        if let Some(value) = variable {
            command.env("LUNOGRAM_PLAN_WRITE", value);
        }
        code_and_text(&command.output().expect("run"))
    };
    let (code, text) = run_test(None);
    assert!(code == 0 && text.contains("1 passed"), "{text}");

    workspace.edit("A basket was paid.", "A basket was paid for.");
    let old = workspace.read(file);
    for unset in [None, Some("")] {
        let (code, text) = run_test(unset);
        assert_ne!(code, 0, "{text}");
        assert!(text.contains("event `purchase_completed`"), "{text}");
        assert_eq!(workspace.read(file), old);
    }
    let (code, text) = run_test(Some("1"));
    assert_eq!(code, 0, "{text}");
    assert!(workspace.read(file).contains("A basket was paid for."));
    assert_eq!(run_test(None).0, 0);

    // The application and its test do not compile with a new property, before the command ran.
    workspace.edit("pub coupon", "pub gift: bool, pub coupon");
    let (ok, messages) = workspace.check();
    assert!(!ok && messages.contains("gift"), "{messages}");
    assert_eq!(workspace.plan(&["write"]).0, 0);
    assert!(workspace.check().0);
}

#[test]
fn code_that_does_not_compile_leaves_the_plan_as_it_is() {
    let workspace = Workspace::new();
    let (code, text) = workspace.plan(&["write"]);
    assert_eq!(code, 0, "{text}");
    let plan = workspace.read("lunogram.plan.json");

    workspace.edit("pub amount: f64", "pub amount: Nothing");
    for action in ["write", "check"] {
        let (code, text) = workspace.plan(&[action]);
        assert_eq!(code, 2, "{text}");
        assert!(text.contains("the code does not compile"), "{text}");
        assert!(
            text.contains("cannot find type `Nothing` in this scope"),
            "{text}"
        );
    }
    assert_eq!(workspace.read("lunogram.plan.json"), plan);

    workspace.edit("pub amount: Nothing", "pub amount: f64");
    workspace.put(
        "shop/src/main.rs",
        "#[derive(lunogram::LunogramEvent)] struct PurchaseCompleted { cents: u64 } fn main() {}",
    );
    let (code, text) = workspace.plan(&["write"]);
    assert_eq!(code, 2, "{text}");
    assert!(
        text.contains("event `purchase_completed` is defined differently at shop/src/lib.rs:6 (package `shop`) and at shop/src/main.rs:1 (package `shop`); make them equal, or rename one of them"),
        "{text}"
    );
    assert_eq!(workspace.read("lunogram.plan.json"), plan);

    workspace.put("shop/src/main.rs", "fn main() {}");
    workspace.put("lunogram.plan.json", "<<<<<<< ours\n");
    let (code, text) = workspace.plan(&["check"]);
    assert_eq!(code, 2, "{text}");
    assert!(
        text.contains("is damaged: invalid value at line 1, column 1"),
        "{text}"
    );
    let (code, text) = workspace.plan(&["write"]);
    assert_eq!(code, 0, "{text}");
    assert_eq!(workspace.plan(&["check"]).0, 0);
}

#[test]
fn a_package_may_have_its_own_plan() {
    let workspace = Workspace::new();
    let (code, text) = workspace.plan(&["write", "--own", "--folder", "shop"]);
    assert_eq!(code, 0, "{text}");
    assert!(workspace.path("shop/lunogram.plan.json").exists());
    // `check` finds it from inside the package. The plan of the root is then empty.
    assert_eq!(workspace.plan(&["check", "-C", "shop/src"]).0, 0);
    let (code, text) = workspace.plan(&["write"]);
    assert_eq!(code, 0, "{text}");
    assert!(
        !workspace
            .read("lunogram.plan.json")
            .contains("purchase_completed")
    );
}

#[tokio::test]
async fn observed_schemas_are_compared_with_the_plan() {
    let workspace = Workspace::new();
    assert_eq!(workspace.plan(&["write"]).0, 0);
    let server = Server::start().expect("a port");
    let (code, text) = workspace.plan(&["observe", "--url", server.url()]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("no project; pass `--project`"), "{text}");

    let observe = |key: &str| {
        let mut command =
            workspace.lunogram(&["observe", "--fail-on-drift", "--url", server.url()]);
        command
            .env("LUNOGRAM_API_KEY", key)
            .env("LUNOGRAM_PROJECT_ID", server.project_id().to_string());
        code_and_text(&command.output().expect("run"))
    };
    let (code, text) = observe(server.key());
    assert_eq!(code, 0, "{text}");
    assert_eq!(text, "event `purchase_completed` was never observed\n");

    let client: Client = server.client();
    client
        .upsert_user(&UpsertUserRequest::new("user_123"))
        .await
        .expect("upserted");
    let typo = Event::new("purchase_complete")
        .to("user_123")
        .data(serde_json::json!({"amount": 1}));
    client.send_all(&[typo]).await.expect("sent");
    let (code, text) = observe(server.key());
    assert_eq!(code, 1, "{text}");
    assert!(
        text.starts_with("event `purchase_complete` of a user was observed, but is not in the plan; did you mean `purchase_completed`?\n"),
        "{text}"
    );
    let (code, text) = observe("sk_another");
    assert_eq!(code, 2, "{text}");
    assert!(
        text.contains("401") && !text.contains("sk_another"),
        "{text}"
    );
}

/// The code of a package of other people, with an event that the plan of the shop does not have.
fn foreign_code(package: &str) -> String {
    format!(
        "#[derive(lunogram::LunogramEvent)]\n#[lunogram(name = \"{package}.called\")]\n\
         pub struct Called {{ #[lunogram(external_id)] pub user: String }}\n"
    )
}

impl Workspace {
    /// Adds a package of other people, on which the shop depends.
    fn add_foreign(&self, name: &str, folder: &str, dependency: &str) {
        let lunogram = format!("path = '{}'", env!("CARGO_MANIFEST_DIR"));
        self.add_package(name, folder, &lunogram, dependency);
    }

    fn add_package(&self, name: &str, folder: &str, lunogram: &str, dependency: &str) {
        let shop = self.read("shop/Cargo.toml");
        let entries = lunogram_rules::toml::entries(&shop);
        let version = lunogram_rules::toml::value(&entries, &["package", "version"]);
        self.put(
            &format!("{folder}/Cargo.toml"),
            &format!(
                "[package]\nname = \"{name}\"\nversion = \"{}\"\nedition = \"2024\"\n[dependencies]\n\
                 lunogram = {{ {lunogram}, default-features = false }}\n",
                version.expect("a version"),
            ),
        );
        self.put(&format!("{folder}/src/lib.rs"), &foreign_code(name));
        self.put("shop/Cargo.toml", &format!("{shop}{name} = {dependency}\n"));
    }

    /// Adds packages of other people inside the folder of the workspace: one that is excluded, one
    /// of another workspace, and one of a registry, in a folder as Cargo makes it.
    fn add_foreigners(&self) {
        let root = self.read("Cargo.toml");
        self.put(
            "Cargo.toml",
            &format!(
                "{root}exclude = [\"attic\"]\n[patch.crates-io]\nlunogram = {{ path = '{}' }}\n",
                env!("CARGO_MANIFEST_DIR")
            ),
        );
        self.add_foreign("old", "attic/old", "{ path = \"../attic/old\" }");
        self.put("other/Cargo.toml", "[workspace]\nmembers = [\"inner\"]\n");
        self.add_foreign("inner", "other/inner", "{ path = \"../other/inner\" }");
        let registry = "home/registry/src/acme";
        let folder = format!("{registry}/acme");
        self.put(&format!("{folder}/.cargo-checksum.json"), "{\"files\":{}}");
        // A package of a registry has no path dependency.
        let index =
            "version = \"0.1\", registry-index = \"https://github.com/rust-lang/crates.io-index\"";
        self.add_package(
            "acme",
            &folder,
            index,
            "{ version = \"0\", registry = \"acme\" }",
        );
        let config = self.read(".cargo/config.toml");
        self.put(
            ".cargo/config.toml",
            &format!(
                "{config}[registries.acme]\nindex = \"sparse+https://acme.invalid/\"\n\
                 [source.acme]\nregistry = \"sparse+https://acme.invalid/\"\nreplace-with = \"fetched\"\n\
                 [source.fetched]\ndirectory = \"{registry}\"\n"
            ),
        );
    }

    /// Checks that the shop is compared with its plan, and nothing else is.
    fn assert_only_the_shop_is_checked(&self) {
        let (ok, messages) = self.check();
        assert!(ok, "{messages}");
        let code = self.read("shop/src/lib.rs");
        self.edit(
            "#[derive(LunogramEvent)]",
            "#[derive(LunogramEvent)]\n#[lunogram(name = \"paid\")]",
        );
        let (ok, messages) = self.check();
        assert!(
            !ok && messages.contains("the tracking plan has no event `paid`"),
            "{messages}"
        );
        assert!(!messages.contains(".called"), "{messages}");
        self.put("shop/src/lib.rs", &code);
    }
}

#[test]
fn the_plan_is_about_the_members_of_its_workspace() {
    let workspace = Workspace::new();
    let (code, text) = workspace.plan(&["write"]);
    assert_eq!(code, 0, "{text}");
    let plan = workspace.read("lunogram.plan.json");
    workspace.add_foreigners();
    // They are compiled for the first time, and then are not.
    workspace.assert_only_the_shop_is_checked();
    workspace.assert_only_the_shop_is_checked();
    let (code, text) = workspace.plan(&["check"]);
    assert_eq!(code, 0, "{text}");
    assert_eq!(workspace.plan(&["write"]).0, 0);
    assert_eq!(workspace.read("lunogram.plan.json"), plan);
}

#[test]
fn a_plan_in_another_place_is_about_the_same_members() {
    let workspace = Workspace::new();
    let (root, config) = (
        workspace.read("Cargo.toml"),
        workspace.read(".cargo/config.toml"),
    );
    let (shop, elsewhere) = (workspace.read("shop/Cargo.toml"), "plans/all.json");
    for (file, text) in [
        (
            "Cargo.toml",
            format!("{root}[workspace.metadata.lunogram]\nplan = \"plans/all.json\"\n"),
        ),
        (
            "shop/Cargo.toml",
            shop.replace(
                "[dependencies]",
                "[package.metadata]\nlunogram.plan = \"../plans/all.json\"\n[dependencies]",
            ),
        ),
        (
            ".cargo/config.toml",
            format!(
                "{config}[env]\nLUNOGRAM_PLAN = {{ value = \"plans/all.json\", relative = true }}\n"
            ),
        ),
    ] {
        let workspace = Workspace::new();
        workspace.put(file, &text);
        // From the package that the manifest is about.
        let (code, text) = workspace.plan(&["write", "-C", "shop"]);
        assert_eq!(code, 0, "{file}: {text}");
        assert!(
            !workspace.path("lunogram.plan.json").exists() && workspace.path(elsewhere).exists()
        );
        if file != "Cargo.toml" {
            workspace.add_foreigners();
        }
        workspace.assert_only_the_shop_is_checked();
        let (code, text) = workspace.plan(&["check", "-C", "shop"]);
        assert_eq!(code, 0, "{file}: {text}");
        fs::remove_file(workspace.path(elsewhere)).expect("removed");
        let (ok, messages) = workspace.check();
        assert!(
            !ok && messages.contains("all.json` does not exist; correct "),
            "{messages}"
        );
    }
}
