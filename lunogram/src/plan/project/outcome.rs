//! The results of writing and checking a plan.

use crate::plan::diff::Change;
use lunogram_rules::plan::WRITE;
use std::fmt;
use std::path::PathBuf;

/// The result of [`Project::write`](super::Project::write).
///
/// ```no_run
/// use lunogram::plan::{Project, Written};
///
/// let Written { file, changes, .. } = Project::at(".").write()?;
/// for change in changes {
///     println!("{}: {change}", file.display());
/// }
/// # Ok::<(), lunogram::plan::PlanError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Written {
    /// The path of the file.
    pub file: PathBuf,
    /// How the new plan differs from the one before.
    pub changes: Vec<Change>,
}

/// How the code differs from the plan's file: the result of
/// [`Project::check`](super::Project::check).
///
/// Its `Display` is a list for people that ends with the remedy.
///
/// ```no_run
/// use lunogram::plan::Project;
///
/// let drift = Project::at(".").check()?;
/// println!("{} differences", drift.changes().len());
/// assert!(drift.is_none(), "{drift}"); // `lunogram.plan.json` differs from the code: …
/// # Ok::<(), lunogram::plan::PlanError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Drift {
    pub(super) changes: Vec<Change>,
    /// Whether the text of the file is not the one that `write` would make.
    pub(super) other_text: bool,
    pub(super) file: PathBuf,
}

impl Drift {
    /// Whether the file is, byte for byte, what `write` would make of the code.
    pub fn is_none(&self) -> bool {
        self.changes.is_empty() && !self.other_text
    }

    /// How the code differs from the file.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        if self.is_none() {
            return write!(f, "`{file}` matches the code");
        }
        if self.changes.is_empty() {
            return write!(
                f,
                "`{file}` matches the code, but is formatted differently; run `{WRITE}`"
            );
        }
        writeln!(f, "`{file}` differs from the code:")?;
        for change in &self.changes {
            writeln!(f, "  {change}")?;
        }
        write!(f, "change the code, or run `{WRITE}`")
    }
}
