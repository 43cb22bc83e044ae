//! Rustdoc's JSON of a crate, with some features or all.

use crate::workspace::Workspace;
use public_api::PublicApi;
use rustdoc_types::{Crate, FORMAT_VERSION, Id, Impl, Item, ItemEnum};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::process::Command;

/// The public API with one set of features.
pub(crate) struct Documented {
    pub(crate) api: PublicApi,
    pub(crate) json: Crate,
}

impl Documented {
    /// Runs rustdoc on the library of `package` with the arguments `features`. `name` is the folder
    /// of its output below the target directory.
    pub(crate) fn of(
        workspace: &Workspace,
        package: &str,
        name: &str,
        features: &[&str],
    ) -> Result<Self, Box<dyn Error>> {
        let target = workspace.target().join("conventions").join(name);
        let file = target.join(format!("doc/{}.json", package.replace('-', "_")));
        // A file of an earlier run must not be read.
        if file.exists() {
            fs::remove_file(&file)?;
        }
        let status = Command::new("cargo")
            .current_dir(workspace.root())
            .env(
                "RUSTDOC",
                workspace.root().join("tests/conventions/rustdoc.sh"),
            )
            // Dependencies are shared with other builds.
            .env("CARGO_BUILD_BUILD_DIR", workspace.target())
            .args([
                "rustdoc",
                "--quiet",
                "--locked",
                "--lib",
                "--package",
                package,
            ])
            .arg("--target-dir")
            .arg(&target)
            .args(features)
            .args(["--", "-Z", "unstable-options", "--output-format", "json"])
            // Lints of the documentation are checked with all features, in another step.
            .args(["--cap-lints", "allow"])
            .status()?;
        if !status.success() {
            return Err(format!("rustdoc could not document `{package}` with {features:?}").into());
        }
        let text = fs::read_to_string(&file)?;
        check_format(&text)?;
        let api = public_api::Builder::from_rustdoc_json(&file)
            // Blanket implementations are the same for all types; the `traits` module checks auto
            // traits.
            .omit_blanket_impls(true)
            .omit_auto_trait_impls(true)
            .build()?;
        Ok(Self {
            api,
            json: serde_json::from_str(&text)?,
        })
    }

    /// The name of the library in paths.
    pub(crate) fn name(&self) -> &str {
        let root = self.item(self.json.root);
        root.and_then(|root| root.name.as_deref())
            .unwrap_or_default()
    }

    pub(crate) fn item(&self, id: Id) -> Option<&Item> {
        self.json.index.get(&id)
    }

    /// The implementations for a type, or of a trait.
    pub(crate) fn impls_of(&self, id: Id) -> impl Iterator<Item = (Id, &Item, &Impl)> {
        let impls: &[Id] = match self.item(id).map(|item| &item.inner) {
            Some(ItemEnum::Struct(of)) => &of.impls,
            Some(ItemEnum::Enum(of)) => &of.impls,
            Some(ItemEnum::Union(of)) => &of.impls,
            Some(ItemEnum::Trait(of)) => &of.implementations,
            _ => &[],
        };
        impls.iter().filter_map(|id| {
            let item = self.item(*id)?;
            match &item.inner {
                ItemEnum::Impl(implementation) => Some((*id, item, implementation)),
                _ => None,
            }
        })
    }

    /// The types that a user can name, by their paths.
    pub(crate) fn types(&self) -> BTreeMap<String, &Item> {
        let listed = self.api.items().filter_map(|listed| {
            let item = self.item(listed.id())?;
            let is_type = matches!(
                item.inner,
                ItemEnum::Struct(_) | ItemEnum::Enum(_) | ItemEnum::Union(_)
            );
            let path = written_path(&listed.to_string(), item.name.as_deref()?)?;
            is_type.then_some((path, item))
        });
        listed.collect()
    }
}

/// `lunogram::plan::Plan` of `pub struct lunogram::plan::Plan<T>`.
fn written_path(line: &str, name: &str) -> Option<String> {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
        .find(|word| word.rsplit("::").next() == Some(name))
        .map(str::to_owned)
}

fn check_format(json: &str) -> Result<(), Box<dyn Error>> {
    let version = serde_json::from_str::<serde_json::Value>(json)?["format_version"].as_u64();
    if version == Some(u64::from(FORMAT_VERSION)) {
        return Ok(());
    }
    Err(format!(
        "rustdoc writes format {} but `public-api` reads {FORMAT_VERSION}; in tests/conventions/Cargo.toml, choose the \
         versions of `public-api` and `rustdoc-types` that read it, and run this again with `write`",
        version.map_or_else(|| "without a number".to_owned(), |version| version.to_string()),
    )
    .into())
}
