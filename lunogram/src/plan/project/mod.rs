//! A project and its plan: what callers use to read, collect, write and check it.

mod located;
mod outcome;

pub use outcome::{Drift, Written};

use super::error::PlanError;
use super::model::Plan;
use located::Located;
use std::path::PathBuf;

/// A package or a workspace, and its tracking plan.
///
/// The plan's file is the one that the derives use, see [`guide::plan`](crate::guide::plan): of the
/// package, else of the workspace, else the one that `LUNOGRAM_PLAN` names. A package that has its
/// own plan is not part of the workspace's plan.
///
/// ```no_run
/// use lunogram::plan::Project;
///
/// let project = Project::at("services/shop").cargo_options(["--all-features", "--offline"]);
/// let drift = project.check()?;
/// if !drift.is_none() {
///     eprintln!("{drift}");
/// }
/// # Ok::<(), lunogram::plan::PlanError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Project {
    folder: PathBuf,
    options: Vec<String>,
    own: bool,
}

impl Project {
    /// The project of a folder that has a `Cargo.toml`, or of a folder inside it.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            options: Vec::new(),
            own: false,
        }
    }

    /// Uses the plan of the folder's package, beside its `Cargo.toml`, even if it does not exist
    /// yet.
    #[must_use]
    pub fn own(mut self) -> Self {
        self.own = true;
        self
    }

    /// Adds options for cargo, such as `--all-features` or `--offline`.
    #[must_use]
    pub fn cargo_options<O: Into<String>>(mut self, options: impl IntoIterator<Item = O>) -> Self {
        self.options.extend(options.into_iter().map(Into::into));
        self
    }

    /// Collects the plan from the code. This checks the code as `cargo check` does, in the folder
    /// `lunogram-plan` of the target folder.
    ///
    /// ```no_run
    /// use lunogram::plan::Project;
    ///
    /// let plan = Project::at(".").collect()?;
    /// println!("{plan}"); // the file as it should be
    /// # Ok::<(), lunogram::plan::PlanError>(())
    /// ```
    ///
    /// # Errors
    /// [`Code`](super::PlanErrorKind::Code) if the code does not compile,
    /// [`Conflict`](super::PlanErrorKind::Conflict) if two types have the same name and differ,
    /// [`Environment`](super::PlanErrorKind::Environment) if cargo fails.
    pub fn collect(&self) -> Result<Plan, PlanError> {
        Located::find(self)?.collect()
    }

    /// Reads the plan from the file.
    ///
    /// ```no_run
    /// use lunogram::plan::Project;
    ///
    /// for event in Project::at(".").read()?.events() {
    ///     println!("{event}");
    /// }
    /// # Ok::<(), lunogram::plan::PlanError>(())
    /// ```
    ///
    /// # Errors
    /// [`Missing`](super::PlanErrorKind::Missing) if there is no file,
    /// [`Unusable`](super::PlanErrorKind::Unusable) if it cannot be parsed,
    /// [`Environment`](super::PlanErrorKind::Environment) if cargo fails.
    pub fn read(&self) -> Result<Plan, PlanError> {
        Located::find(self)?.read().map(|(plan, _)| plan)
    }

    /// The path of the plan's file, which does not exist before it is first written.
    ///
    /// ```no_run
    /// use lunogram::plan::Project;
    ///
    /// println!("{}", Project::at(".").own().file()?.display());
    /// # Ok::<(), lunogram::plan::PlanError>(())
    /// ```
    ///
    /// # Errors
    /// [`Environment`](super::PlanErrorKind::Environment) if cargo fails.
    pub fn file(&self) -> Result<PathBuf, PlanError> {
        Located::find(self).map(|located| located.file)
    }

    /// Writes the types of the code to the file, and returns the changes. The file is replaced as a
    /// whole, or not at all.
    ///
    /// ```no_run
    /// use lunogram::plan::Project;
    ///
    /// let written = Project::at(".").write()?;
    /// println!("{} changes in {}", written.changes.len(), written.file.display());
    /// # Ok::<(), lunogram::plan::PlanError>(())
    /// ```
    ///
    /// # Errors
    /// The errors of [`collect`](Self::collect), and
    /// [`Environment`](super::PlanErrorKind::Environment) if the file cannot be written.
    pub fn write(&self) -> Result<Written, PlanError> {
        let located = Located::find(self)?;
        // A damaged file is replaced like any other.
        let old = located.read().ok();
        let plan = located.collect()?;
        let text = plan.to_string();
        let is_new = !located.file.exists();
        let changes = match &old {
            Some((old, _)) => old.changes(&plan),
            None => Plan::default().changes(&plan),
        };
        if old.is_none_or(|(_, old)| old != text) {
            located.replace(&text)?;
        }
        if is_new {
            located.touch();
        }
        Ok(Written {
            file: located.file,
            changes,
        })
    }

    /// Compares the file with the code.
    ///
    /// ```no_run
    /// use lunogram::plan::Project;
    ///
    /// let drift = Project::at(".").check()?;
    /// assert!(drift.is_none(), "{drift}");
    /// # Ok::<(), lunogram::plan::PlanError>(())
    /// ```
    ///
    /// # Errors
    /// The errors of [`collect`](Self::collect) and [`read`](Self::read). A difference is not an
    /// error: [`Drift`] reports it.
    pub fn check(&self) -> Result<Drift, PlanError> {
        let located = Located::find(self)?;
        let (plan, text) = located.read()?;
        let code = located.collect()?;
        Ok(Drift {
            changes: plan.changes(&code),
            other_text: text != code.to_string(),
            file: located.file,
        })
    }

    /// Reads the plan at a git revision.
    ///
    /// ```no_run
    /// use lunogram::plan::{Impact, Project};
    ///
    /// let project = Project::at(".");
    /// let changes = project.at_revision("origin/main")?.changes(&project.read()?);
    /// let breaking = changes.iter().filter(|change| change.impact() == Impact::Breaking);
    /// println!("{} breaking changes", breaking.count());
    /// # Ok::<(), lunogram::plan::PlanError>(())
    /// ```
    ///
    /// # Errors
    /// [`Environment`](super::PlanErrorKind::Environment) if git has no such revision, or no plan
    /// at it.
    pub fn at_revision(&self, revision: &str) -> Result<Plan, PlanError> {
        let file = Located::find(self)?.file;
        super::git::show(&file, revision)?.parse()
    }
}
