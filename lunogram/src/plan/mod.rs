//! The tracking plan (feature `plan`): the events, schedules and traits of an application in a file
//! that other teams read and that the compiler checks.
//!
//! The derived types are the source, and `lunogram.plan.json` is their lock file. It lists each
//! event, schedule and set of traits with its subject, its description (the doc comment's first
//! paragraph, or `#[lunogram(description = "…")]`) and a JSON Schema (2020-12) of its properties.
//! As long as the file exists, beside `Cargo.toml` or at the root of the workspace, every derive of
//! the package or of the workspace's members is checked against it. That check does not need this
//! feature or the command.
//!
//! [`guide::plan`](crate::guide::plan) shows how a team works with a plan.
//!
//! The command writes and compares plans (`cargo install lunogram --features cli`):
//!
//! | command | does |
//! |---|---|
//! | `lunogram plan write` | writes the types of the code to the file |
//! | `lunogram plan check` | fails if the file and the code differ, and lists the differences |
//! | `lunogram plan diff [REV]` | lists the changes since a git revision, breaking ones first |
//! | `lunogram plan observe` | lists where the server's observed schemas differ |
//!
//! Without the command, a test does what `check` does. With `LUNOGRAM_PLAN_WRITE=1` it writes the
//! plan, which takes code that still compiles against the old one:
//!
//! ```no_run
//! #[test]
//! fn the_plan_is_current() {
//!     lunogram::plan::assert_current();
//! }
//! ```
//!
//! # What the plan contains
//!
//! [`LunogramProperty`](crate::LunogramProperty) maps types to schemas. Standard types implement
//! it, and `#[derive(LunogramProperty)]` implements it for the application's types; a type without
//! it is any value. An `Option` makes a property of an event, trait or schedule optional, or
//! required and nullable with `#[lunogram(null)]`. Inside a type that derives `LunogramProperty`,
//! it is required and nullable.
//!
//! Types are collected from the libraries and binaries of the workspace, with the features
//! that are passed to cargo. Types of tests and examples are not in the plan, and are marked
//! `#[lunogram(unplanned)]`.
//!
//! To validate an event's data in another language, use the schema at `#/events/<name>` of the
//! file. Its references resolve within the file.

mod assemble;
mod collect;
mod collected;
mod diff;
mod error;
#[cfg(fuzzing)]
pub(crate) mod fuzz;
mod git;
mod json;
mod model;
mod object;
mod observe;
mod project;
mod text;
mod workspace;

pub use diff::{Change, Impact};
pub use error::{PlanError, PlanErrorKind};
pub use model::Plan;
pub use observe::{Finding, FindingKind};
pub use project::{Drift, Project, Written};

/// Fails a test if the plan of the package under test differs from its code. If the variable
/// `LUNOGRAM_PLAN_WRITE` is set and not empty, it writes the plan instead: for changes that compile
/// against the old plan, such as a description. A new name or property needs the command
/// `lunogram plan write`, or [`Project::write`].
///
/// ```no_run
/// #[test]
/// fn the_plan_is_current() {
///     lunogram::plan::assert_current();
/// }
/// ```
///
/// # Panics
/// With the list of differences, or with the [`PlanError`] if the two cannot be compared.
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
