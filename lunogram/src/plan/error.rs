//! The error of the plan's functions.

use std::fmt;

/// Why a plan cannot be read, collected, written, compared or observed.
///
/// ```
/// use lunogram::plan::{Plan, PlanErrorKind};
///
/// let error = "{}".parse::<Plan>().unwrap_err();
/// assert_eq!(error.kind(), PlanErrorKind::Unusable);
/// println!("{error}");
/// ```
#[derive(Debug)]
pub struct PlanError {
    kind: PlanErrorKind,
    message: String,
}

/// The category of a [`PlanError`], to branch on.
///
/// ```
/// use lunogram::plan::{PlanErrorKind, Project};
///
/// # fn example() -> Result<(), lunogram::plan::PlanError> {
/// match Project::at(".").read() {
///     Ok(plan) => println!("{} events", plan.events().count()),
///     Err(error) if error.kind() == PlanErrorKind::Missing => println!("there is no plan yet"),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PlanErrorKind {
    /// There is no plan yet. `lunogram plan write` creates it.
    Missing,
    /// The file is damaged, empty, or of a version that this crate does not read.
    Unusable,
    /// The code does not compile, so its types are not known.
    Code,
    /// Two types have the same name and differ.
    Conflict,
    /// Cargo or git failed, or a file cannot be read or written.
    Environment,
    /// The server did not return its observed schemas.
    Server,
}

impl PlanError {
    pub(super) fn new(kind: PlanErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    pub(super) fn environment(message: impl Into<String>) -> Self {
        Self::new(PlanErrorKind::Environment, message)
    }

    /// The category, to branch on.
    pub fn kind(&self) -> PlanErrorKind {
        self.kind
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for PlanError {}
