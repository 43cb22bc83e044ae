//! Where the plan is, and what of it was said already.

use crate::manifest;
use lunogram_rules::plan::{COLLECT, FILE, PlanFile, VARIABLE, WRITE};
use std::cell::RefCell;
use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::SystemTime;

/// How the type at hand stands to a plan.
pub(crate) enum Here {
    /// There is none.
    None,
    /// Its build collects one: the type tells of itself.
    Collecting,
    /// Its build is a part of a build that collects one, from another crate.
    Beside,
    Found(Rc<PlanFile>),
}

/// What has to be said once in a crate, by whichever of our macros comes first.
pub(crate) struct Once {
    /// The file whose change has to build the crate anew.
    pub(crate) file: Option<String>,
    /// Why the plan cannot be used.
    pub(crate) mistake: Option<String>,
}

thread_local! {
    /// One compiler asks for one crate many times; an editor's server asks for many crates, while files change.
    static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
}

struct Last {
    folder: String,
    /// Where a plan may be: beside `Cargo.toml`, or else at the root of the workspace.
    places: Vec<PathBuf>,
    file: Option<PathBuf>,
    changed: Option<SystemTime>,
    plan: Option<Rc<PlanFile>>,
}

/// The plan of the crate that is being compiled, and what is to be said of it now.
pub(crate) fn here() -> (Here, Option<Once>) {
    let Ok(folder) = env::var("CARGO_MANIFEST_DIR") else {
        return (Here::None, None);
    };
    if let Ok(asked) = env::var(COLLECT) {
        return (collecting(&asked, &folder), None);
    }
    LAST.with_borrow_mut(|last| {
        let known = last.take().filter(|last| last.folder == folder);
        let places = match &known {
            Some(known) => known.places.clone(),
            None => places(Path::new(&folder)),
        };
        let file = find(&places);
        let changed = file
            .as_ref()
            .and_then(|file| fs::metadata(file).ok()?.modified().ok());
        let (last, once) = match known {
            Some(known) if known.file == file && known.changed == changed => {
                (last.insert(known), None)
            }
            _ => {
                let (plan, once) = read_once(file.as_deref());
                let new = Last {
                    folder,
                    places,
                    file,
                    changed,
                    plan,
                };
                (last.insert(new), Some(once))
            }
        };
        let here = match &last.plan {
            Some(plan) => Here::Found(Rc::clone(plan)),
            None => Here::None,
        };
        (here, once)
    })
}

fn collecting(asked: &str, folder: &str) -> Here {
    let (of, wanted) = match asked.split_once('\n') {
        Some((of, binary)) => (of, Some(binary)),
        None => (asked, None),
    };
    let binary = env::var("CARGO_BIN_NAME").ok();
    if of == folder && wanted == binary.as_deref() {
        Here::Collecting
    } else {
        Here::Beside
    }
}

fn places(folder: &Path) -> Vec<PathBuf> {
    let root = manifest::workspace(folder).map(|(root, _)| root);
    let folders = [Some(folder), root.filter(|root| *root != folder)];
    folders
        .into_iter()
        .flatten()
        .map(|folder| folder.join(FILE))
        .collect()
}

/// The first of the places where there is one, else what the variable says.
fn find(places: &[PathBuf]) -> Option<PathBuf> {
    let there = places.iter().find(|file| file.symlink_metadata().is_ok());
    let named = || env::var_os(VARIABLE).filter(|path| !path.is_empty());
    there
        .cloned()
        .or_else(|| std::path::absolute(named()?).ok())
}

fn read_once(file: Option<&Path>) -> (Option<Rc<PlanFile>>, Once) {
    let mut once = Once {
        file: None,
        mistake: None,
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
        Err(what) => {
            once.mistake = Some(format!("the tracking plan `{}` {what}", file.display()));
            (None, once)
        }
    }
}

fn text(file: &Path) -> Result<String, String> {
    let bytes = fs::read(file).map_err(|error| match error.kind() {
        ErrorKind::NotFound => format!("is not there; correct `{VARIABLE}`, or unset it"),
        _ => format!("cannot be read: {error}"),
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("is damaged: no UTF-8 text from byte {at} on; restore it, or run `{WRITE}`")
    })
}
