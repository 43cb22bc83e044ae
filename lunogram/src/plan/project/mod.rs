//! A project with its plan: where the file is, what the code says, and whether the two agree.

use super::collect::Workspace;
use super::diff::Change;
use super::error::{PlanError, PlanErrorKind};
use super::model::Plan;
use super::told::assemble;
use lunogram_rules::plan::{FILE, VARIABLE, WRITE};
use std::fmt;
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A package or a workspace, and its tracking plan.
///
/// The plan is where the derives look for it: beside the package's `Cargo.toml`, else at the root of the workspace, else where
/// `LUNOGRAM_PLAN` says. A package with a plan of its own is not a part of the workspace's.
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
    /// The project of a folder with a `Cargo.toml`, or of a folder in it.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            options: Vec::new(),
            own: false,
        }
    }

    /// The folder's package alone, with a plan of its own beside its `Cargo.toml`.
    #[must_use]
    pub fn own(mut self) -> Self {
        self.own = true;
        self
    }

    /// Builds with these of cargo's options, such as `--all-features` or `--offline`.
    #[must_use]
    pub fn cargo_options<O: Into<String>>(mut self, options: impl IntoIterator<Item = O>) -> Self {
        self.options.extend(options.into_iter().map(Into::into));
        self
    }

    /// The plan as the code has it. This checks the code as `cargo check` does, in a folder of its own under `target`.
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
    /// [`Code`](PlanErrorKind::Code) where the code does not compile, [`Conflict`](PlanErrorKind::Conflict) where two types of
    /// one name are not the same, [`Environment`](PlanErrorKind::Environment) where cargo fails.
    pub fn collect(&self) -> Result<Plan, PlanError> {
        self.whole()?.collect()
    }

    /// The plan as the file has it.
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
    /// [`Missing`](PlanErrorKind::Missing), [`Unusable`](PlanErrorKind::Unusable), or
    /// [`Environment`](PlanErrorKind::Environment) where cargo fails.
    pub fn read(&self) -> Result<Plan, PlanError> {
        self.whole()?.read().map(|(plan, _)| plan)
    }

    /// The path of the plan's file, which is not there before it is written.
    ///
    /// ```no_run
    /// use lunogram::plan::Project;
    ///
    /// println!("{}", Project::at(".").own().file()?.display());
    /// # Ok::<(), lunogram::plan::PlanError>(())
    /// ```
    ///
    /// # Errors
    /// [`Environment`](PlanErrorKind::Environment) where cargo fails.
    pub fn file(&self) -> Result<PathBuf, PlanError> {
        self.whole().map(|whole| whole.file)
    }

    /// Takes the code's types into the file, and says what changed. The file is replaced whole, or not at all.
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
    /// As those of [`collect`](Self::collect), or where the file cannot be written.
    pub fn write(&self) -> Result<Written, PlanError> {
        let whole = self.whole()?;
        // What is damaged is what is to be replaced.
        let old = whole.read().ok();
        let plan = whole.collect()?;
        let text = plan.to_string();
        let is_new = !whole.file.exists();
        let changes = match &old {
            Some((old, _)) => old.changes(&plan),
            None => Plan::default().changes(&plan),
        };
        if old.is_none_or(|(_, old)| old != text) {
            replace(&whole.file, &text)?;
        }
        if is_new {
            whole.touch();
        }
        Ok(Written {
            file: whole.file,
            changes,
        })
    }

    /// Holds the file against the code.
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
    /// As those of [`collect`](Self::collect) and [`read`](Self::read). That the two differ is none: it is what
    /// [`Drift`] says.
    pub fn check(&self) -> Result<Drift, PlanError> {
        let whole = self.whole()?;
        let (plan, text) = whole.read()?;
        let code = whole.collect()?;
        Ok(Drift {
            changes: plan.changes(&code),
            other_text: text != code.to_string(),
            file: whole.file,
        })
    }

    /// The plan at a revision of git's.
    ///
    /// ```no_run
    /// use lunogram::plan::{Impact, Project};
    ///
    /// let project = Project::at(".");
    /// let changes = project.at_revision("origin/main")?.changes(&project.read()?);
    /// let breaking = changes.iter().filter(|change| change.impact() == Impact::Breaking);
    /// println!("{} changes break somebody", breaking.count());
    /// # Ok::<(), lunogram::plan::PlanError>(())
    /// ```
    ///
    /// # Errors
    /// [`Environment`](PlanErrorKind::Environment) where git has no such revision, or no plan there.
    pub fn at_revision(&self, revision: &str) -> Result<Plan, PlanError> {
        let file = self.whole()?.file;
        super::git::show(&file, revision)?.parse()
    }

    fn whole(&self) -> Result<Whole<'_>, PlanError> {
        let workspace = Workspace::of(&self.folder, &self.options)?;
        let folder = fs::canonicalize(&self.folder).map_err(|error| {
            PlanError::environment(format!(
                "`{}` cannot be read: {error}",
                self.folder.display()
            ))
        })?;
        let root = workspace.root.clone();
        let package = folder
            .ancestors()
            .take_while(|folder| folder.starts_with(&root))
            .find(|folder| folder.join("Cargo.toml").exists());
        let own = package.map(|folder| folder.join(FILE));
        let shared = root.join(FILE);
        let named = || std::env::var_os(VARIABLE).filter(|path| !path.is_empty());
        let file = match own {
            Some(own) if self.own || own.exists() => own,
            _ if shared.exists() => shared,
            _ => named().map_or(shared, PathBuf::from),
        };
        Ok(Whole {
            project: self,
            workspace,
            file,
        })
    }
}

/// A project whose workspace is known.
struct Whole<'p> {
    project: &'p Project,
    workspace: Workspace,
    file: PathBuf,
}

impl Whole<'_> {
    fn read(&self) -> Result<(Plan, String), PlanError> {
        let file = self.file.display();
        let text = fs::read(&self.file).map_err(|error| match error.kind() {
            ErrorKind::NotFound => PlanError::new(
                PlanErrorKind::Missing,
                format!("there is no tracking plan at `{file}`; run `{WRITE}` to make one"),
            ),
            _ => PlanError::environment(format!(
                "the tracking plan `{file}` cannot be read: {error}"
            )),
        })?;
        let text = String::from_utf8(text).map_err(|_| {
            PlanError::new(PlanErrorKind::Unusable, format!("the tracking plan `{file}` is damaged: no UTF-8 text; restore it, or run `{WRITE}`"))
        })?;
        Ok((text.parse()?, text))
    }

    fn collect(&self) -> Result<Plan, PlanError> {
        let mut told = Vec::new();
        for unit in self.units() {
            told.extend(self.workspace.ask(&unit, &self.project.options)?);
        }
        assemble(told)
    }

    /// What the plan is about: the package that it stands beside, or the members without a plan of their own.
    fn units(&self) -> Vec<super::collect::Unit<'_>> {
        let root = &self.workspace.root;
        let own = self
            .file
            .parent()
            .filter(|folder| *folder != root && folder.starts_with(root));
        self.workspace.units(|folder| match own {
            Some(own) => folder == own,
            None => folder == root || !folder.join(FILE).exists(),
        })
    }

    /// Cargo does not know that what it built before depends on a file that was not there.
    fn touch(&self) {
        for unit in self.units() {
            let file = fs::File::options().append(true).open(unit.source);
            // Where that cannot be done, the next change of the code does it.
            let _ = file.and_then(|file| file.set_modified(SystemTime::now()));
        }
    }
}

fn replace(file: &Path, text: &str) -> Result<(), PlanError> {
    let failed = |error| {
        PlanError::environment(format!(
            "the tracking plan `{}` cannot be written: {error}",
            file.display()
        ))
    };
    let beside = file.with_extension("json.new");
    let write = || {
        let mut new = fs::File::create(&beside)?;
        new.write_all(text.as_bytes())?;
        new.sync_all()?;
        fs::rename(&beside, file)
    };
    write().map_err(|error| {
        // Nothing half-done stays behind.
        let _ = fs::remove_file(&beside);
        failed(error)
    })
}

/// What [`Project::write`] did.
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
    /// The file.
    pub file: PathBuf,
    /// What is other in it than it was.
    pub changes: Vec<Change>,
}

/// What the code says otherwise than the plan's file.
///
/// Its `Display` is a list for people, with what to do about it.
///
/// ```no_run
/// use lunogram::plan::Project;
///
/// let drift = Project::at(".").check()?;
/// println!("{} differences", drift.changes().len());
/// assert!(drift.is_none(), "{drift}"); // `lunogram.plan.json` is not what the code says: …
/// # Ok::<(), lunogram::plan::PlanError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Drift {
    changes: Vec<Change>,
    other_text: bool,
    file: PathBuf,
}

impl Drift {
    /// Whether the two agree to the letter.
    pub fn is_none(&self) -> bool {
        self.changes.is_empty() && !self.other_text
    }

    /// What is other in the code.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        if self.is_none() {
            return write!(f, "`{file}` is what the code says");
        }
        if self.changes.is_empty() {
            return write!(
                f,
                "`{file}` says what the code says, but not as it is written; run `{WRITE}`"
            );
        }
        writeln!(f, "`{file}` is not what the code says:")?;
        for change in &self.changes {
            writeln!(f, "  {change}")?;
        }
        write!(f, "change the code, or run `{WRITE}`")
    }
}
