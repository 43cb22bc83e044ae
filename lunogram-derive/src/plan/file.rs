//! Finds and reads the plan file of the crate that is being compiled.

use crate::krate;
use lunogram_rules::plan::{COLLECT, FILE, PlanFile, VARIABLE, WRITE};
use std::cell::RefCell;
use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::SystemTime;

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
    /// The plan file, whose changes have to rebuild the crate.
    pub(super) file: Option<String>,
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
    /// The possible paths of the plan: beside `Cargo.toml`, then at the root of the workspace.
    candidates: Vec<PathBuf>,
    file: Option<PathBuf>,
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
        let candidates = match &known {
            Some(known) => known.candidates.clone(),
            None => candidates(Path::new(&folder)),
        };
        let file = find(&candidates);
        let changed = file
            .as_ref()
            .and_then(|file| fs::metadata(file).ok()?.modified().ok());
        let (last, once) = match known {
            Some(known) if known.file == file && known.changed == changed => {
                (last.insert(known), None)
            }
            _ => {
                let (plan, once) = read(file.as_deref());
                let new = Search {
                    folder,
                    candidates,
                    file,
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

fn candidates(folder: &Path) -> Vec<PathBuf> {
    let root = krate::workspace(folder).map(|(root, _)| root);
    let folders = [Some(folder), root.filter(|root| *root != folder)];
    folders
        .into_iter()
        .flatten()
        .map(|folder| folder.join(FILE))
        .collect()
}

/// The first candidate that exists, else the path in the environment variable.
fn find(candidates: &[PathBuf]) -> Option<PathBuf> {
    let found = candidates
        .iter()
        .find(|file| file.symlink_metadata().is_ok());
    let named = || env::var_os(VARIABLE).filter(|path| !path.is_empty());
    found
        .cloned()
        .or_else(|| std::path::absolute(named()?).ok())
}

fn read(file: Option<&Path>) -> (Option<Rc<PlanFile>>, OncePerCrate) {
    let mut once = OncePerCrate {
        file: None,
        error: None,
    };
    let Some(file) = file else {
        return (None, once);
    };
    let plan = text(file).and_then(|text| {
        once.file = Some(file.display().to_string());
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

fn text(file: &Path) -> Result<String, String> {
    let bytes = fs::read(file).map_err(|error| match error.kind() {
        ErrorKind::NotFound => format!("does not exist; correct `{VARIABLE}`, or unset it"),
        _ => format!("cannot be read: {error}"),
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("is damaged: not UTF-8 (first invalid byte: {at}); restore it, or run `{WRITE}`")
    })
}
