//! The tracking plan (feature `plan`): what an application sends, in a file that other teams read and the compiler checks.
//!
//! The derives' types are the source, and `lunogram.plan.json` is their lock file: each event, schedule and set of traits with
//! whom it is about, its description (the doc comment's first paragraph, or `#[lunogram(description = "…")]`) and a JSON Schema
//! (2020-12) of its properties. While the file is there, beside `Cargo.toml` or at the root of the workspace, every derive
//! checks itself against it; that takes neither this feature nor the command.
//!
//! [`guide::plan`](crate::guide::plan) shows how a team lives with it.
//!
//! The command makes and compares it (`cargo install lunogram --features cli`):
//!
//! | command | does |
//! |---|---|
//! | `lunogram plan write` | takes the code's types into the file |
//! | `lunogram plan check` | fails where the two differ, and says in what |
//! | `lunogram plan diff [REV]` | what changed since a revision of git's, and whom it breaks |
//! | `lunogram plan observe` | what the server has observed otherwise |
//!
//! Without the command, a test does what `check` does, and with `LUNOGRAM_PLAN_WRITE=1` what `write` does:
//!
//! ```no_run
//! #[test]
//! fn the_plan_is_what_the_code_says() {
//!     lunogram::plan::assert_current();
//! }
//! ```
//!
//! # What is in the plan
//!
//! Types map to schemas by [`LunogramProperty`](crate::LunogramProperty), which the standard types have and
//! `#[derive(LunogramProperty)]` gives to an application's own; a type without it is any value. `None` makes a property one
//! that may be missing, or with `#[lunogram(null)]` one that may be `null`. Types are collected from the libraries and the
//! binaries of the workspace, as they are with the features that cargo is told of; those of tests and examples are not in the
//! plan, and say so with `#[lunogram(unplanned)]`.
//!
//! To validate an event's data in another language, take the schema at `#/events/<name>` of the file, whose references
//! are the file's own.

mod collect;
mod diff;
mod error;
#[cfg(fuzzing)]
pub(crate) mod fuzz;
mod git;
mod model;
mod object;
mod observe;
mod observed;
mod project;
mod text;
mod told;

pub use diff::{Change, Impact};
pub use error::{PlanError, PlanErrorKind};
pub use model::Plan;
pub use observe::{Finding, FindingKind};
pub use project::{Drift, Project, Written};

/// Fails a test where the plan of the package under test is not what its code says. Where the variable
/// `LUNOGRAM_PLAN_WRITE` is set to something, it writes the plan instead.
///
/// ```no_run
/// #[test]
/// fn the_plan_is_what_the_code_says() {
///     lunogram::plan::assert_current();
/// }
/// ```
///
/// # Panics
/// With what is other, or why it could not be found out.
#[track_caller]
pub fn assert_current() {
    let folder = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| ".".into());
    let project = Project::at(folder);
    let write = std::env::var_os("LUNOGRAM_PLAN_WRITE").is_some_and(|value| !value.is_empty());
    let outcome = if write {
        project.write().map(|_| None)
    } else {
        project
            .check()
            .map(|drift| (!drift.is_none()).then_some(drift))
    };
    match outcome {
        Ok(None) => {}
        Ok(Some(drift)) => panic!("{drift}"),
        Err(error) => panic!("{error}"),
    }
}
