//! Finds and reads the plan file of the crate that is being compiled.

use crate::krate::Workspace;
use lunogram_rules::plan::{COLLECT, Found, METADATA, NamedBy, Places, PlanFile, VARIABLE, WRITE};
use lunogram_rules::toml;
use std::cell::RefCell;
use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::SystemTime;

/// The name of a manifest.
const MANIFEST: &str = "Cargo.toml";

/// The part that the plan plays for a macro.
pub(super) enum Mode {
    /// Nothing: the crate has no usable plan, or the types of another crate are being collected.
    Ignore,
    /// Emit the type, as the types of this crate are being collected.
    Collect,
    /// Check the type against this plan.
    Check(Rc<PlanFile>),
}

/// The items that the first macro of a crate generates for the whole crate.
pub(super) struct OncePerCrate {
    /// The files whose changes have to rebuild the crate: the plan, and the manifests that may name
    /// another one.
    pub(super) files: Vec<PathBuf>,
    /// Why the plan cannot be used.
    pub(super) error: Option<String>,
}

thread_local! {
    /// The result of the last search. A compiler process expands many macros of one crate. The
    /// macro server of an editor expands macros of many crates, while files change.
    static LAST: RefCell<Option<Search>> = const { RefCell::new(None) };
}

struct Search {
    folder: String,
    places: Places,
    found: Option<Found>,
    changed: Option<SystemTime>,
    plan: Option<Rc<PlanFile>>,
}

/// The mode of the current macro. Also returns what to generate for the crate, if the macro is the
/// first of its crate or the plan has changed.
pub(super) fn current() -> (Mode, Option<OncePerCrate>) {
    let Ok(folder) = env::var("CARGO_MANIFEST_DIR") else {
        return (Mode::Ignore, None);
    };
    if let Ok(target) = env::var(COLLECT) {
        return (collecting(&target, &folder), None);
    }
    LAST.with_borrow_mut(|last| {
        let known = last.take().filter(|last| last.folder == folder);
        let places = match &known {
            Some(known) => known.places.clone(),
            None => places(Path::new(&folder)),
        };
        let found = places.find(|file| file.symlink_metadata().is_ok());
        let changed = found
            .as_ref()
            .and_then(|found| fs::metadata(&found.file).ok()?.modified().ok());
        let (last, once) = match known {
            Some(known) if known.found == found && known.changed == changed => {
                (last.insert(known), None)
            }
            _ => {
                let (plan, once) = read(found.as_ref(), &places);
                let new = Search {
                    folder,
                    places,
                    found,
                    changed,
                    plan,
                };
                (last.insert(new), Some(once))
            }
        };
        let mode = match &last.plan {
            Some(plan) => Mode::Check(Rc::clone(plan)),
            None => Mode::Ignore,
        };
        (mode, once)
    })
}

/// `target` is the folder of the package and the name of the binary whose types are collected, as
/// documented at [`COLLECT`].
fn collecting(target: &str, folder: &str) -> Mode {
    let (target_folder, target_binary) = match target.split_once('\n') {
        Some((folder, binary)) => (folder, Some(binary)),
        None => (target, None),
    };
    let binary = env::var("CARGO_BIN_NAME").ok();
    if target_folder == folder && target_binary == binary.as_deref() {
        Mode::Collect
    } else {
        Mode::Ignore
    }
}

/// The places of the plan of the package in a folder.
fn places(folder: &Path) -> Places {
    let named = |entries: &[toml::KeyValue], table| {
        let [metadata, lunogram, plan] = METADATA;
        toml::value(entries, &[table, metadata, lunogram, plan]).map(PathBuf::from)
    };
    let manifest = fs::read_to_string(folder.join(MANIFEST)).unwrap_or_default();
    let mut places = Places {
        package: folder.to_owned(),
        named_by_package: named(&toml::entries(&manifest), "package"),
        ..Places::default()
    };
    if let Some(workspace) = Workspace::of(folder) {
        places.named_by_workspace = named(&workspace.manifest, "workspace");
        places.named_by_variable = variable(folder, &workspace.root);
        places.workspace = Some(workspace.root);
    }
    places
}

/// The plan that the variable names, if this workspace is the one that is being built. The variable
/// is about its members, and not about dependencies from elsewhere.
fn variable(folder: &Path, root: &Path) -> Option<PathBuf> {
    let named = env::var_os(VARIABLE).filter(|path| !path.is_empty())?;
    // Cargo runs the compiler at the root of the workspace that is being built for packages inside
    // it, and in the package's folder for others.
    let is_inside = env::current_dir().is_ok_and(|current| current == root);
    let is_other = folder == root && env::var_os("CARGO_PRIMARY_PACKAGE").is_none();
    (is_inside && !is_other).then(|| named.into())
}

fn read(found: Option<&Found>, places: &Places) -> (Option<Rc<PlanFile>>, OncePerCrate) {
    let mut once = OncePerCrate {
        files: Vec::new(),
        error: None,
    };
    let Some(Found { file, named_by }) = found else {
        return (None, once);
    };
    let own = places.package.join(MANIFEST);
    let root = places.workspace.as_ref().map(|root| root.join(MANIFEST));
    // Cargo does not rebuild a crate when a manifest names another plan.
    once.files.extend(root.iter().chain([&own]).cloned());
    once.files.dedup();
    let manifest = match named_by {
        Some(NamedBy::Package) => Some(own),
        Some(NamedBy::Workspace) => root,
        Some(NamedBy::Variable) | None => None,
    };
    let advice = manifest.map_or_else(
        || format!("`{VARIABLE}`, or unset it"),
        |manifest| format!("`{}` in `{}`", METADATA.join("."), manifest.display()),
    );
    let plan = text(file, &advice).and_then(|text| {
        once.files.push(file.clone());
        PlanFile::read(text)
    });
    match plan {
        Ok(plan) => (Some(Rc::new(plan)), once),
        Err(reason) => {
            once.error = Some(format!("the tracking plan `{}` {reason}", file.display()));
            (None, once)
        }
    }
}

/// The text of the plan. `name` is what names it, for the message about a missing file.
fn text(file: &Path, name: &str) -> Result<String, String> {
    let bytes = fs::read(file).map_err(|error| match error.kind() {
        ErrorKind::NotFound => format!("does not exist; correct {name}"),
        _ => format!("cannot be read: {error}"),
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("is damaged: not UTF-8 (first invalid byte: {at}); restore it, or run `{WRITE}`")
    })
}
