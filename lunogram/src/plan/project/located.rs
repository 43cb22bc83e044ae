//! A project whose workspace and plan file have been found.

use super::Project;
use crate::plan::assemble::assemble;
use crate::plan::error::{PlanError, PlanErrorKind};
use crate::plan::model::Plan;
use crate::plan::workspace::{Unit, Workspace};
use lunogram_rules::plan::WRITE;
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

pub(super) struct Located<'p> {
    options: &'p [String],
    workspace: Workspace,
    /// The path of the plan's file, which need not exist yet.
    pub(super) file: PathBuf,
    /// The folder of the package whose own plan it is, if the caller asked for that.
    own: Option<PathBuf>,
}

impl<'p> Located<'p> {
    pub(super) fn find(project: &'p Project) -> Result<Self, PlanError> {
        let workspace = Workspace::of(&project.folder, &project.options)?;
        let folder = fs::canonicalize(&project.folder).map_err(|error| {
            PlanError::environment(format!(
                "cannot read `{}`: {error}",
                project.folder.display()
            ))
        })?;
        let root = &workspace.root;
        let package = folder
            .ancestors()
            .take_while(|folder| folder.starts_with(root))
            .find(|folder| folder.join("Cargo.toml").exists());
        let package = package.map(|folder| workspace.member_at(folder).unwrap_or(folder));
        let package = package.unwrap_or(root).to_owned();
        let (file, own) = if project.own {
            (workspace.own_plan_of(&package), Some(package))
        } else {
            (workspace.plan_of(&package), None)
        };
        Ok(Self {
            options: &project.options,
            workspace,
            file,
            own,
        })
    }

    /// The plan of the file, and its text.
    pub(super) fn read(&self) -> Result<(Plan, String), PlanError> {
        let file = self.file.display();
        let text = fs::read(&self.file).map_err(|error| match error.kind() {
            ErrorKind::NotFound => PlanError::new(
                PlanErrorKind::Missing,
                format!("there is no tracking plan at `{file}`; run `{WRITE}` to create it"),
            ),
            _ => PlanError::environment(format!("cannot read the tracking plan `{file}`: {error}")),
        })?;
        let text = String::from_utf8(text).map_err(|error| {
            PlanError::new(
                PlanErrorKind::Unusable,
                format!(
                    "the tracking plan `{file}` is damaged: not UTF-8 (first invalid byte: {}); restore it, or run `{WRITE}`",
                    error.utf8_error().valid_up_to()
                ),
            )
        })?;
        Ok((text.parse()?, text))
    }

    /// The plan of the code.
    pub(super) fn collect(&self) -> Result<Plan, PlanError> {
        let mut collected = Vec::new();
        for unit in self.units() {
            collected.extend(self.workspace.collect(&unit, self.options)?);
        }
        assemble(collected)
    }

    /// The targets whose types are in this plan: those of all members whose plan it is.
    fn units(&self) -> Vec<Unit<'_>> {
        self.workspace.units(|folder| match &self.own {
            Some(own) => folder == own,
            None => self.workspace.plan_of(folder) == self.file,
        })
    }

    /// Writes the file, replacing it as a whole or not at all.
    pub(super) fn replace(&self, text: &str) -> Result<(), PlanError> {
        replace(&self.file, text).map_err(|error| {
            PlanError::environment(format!(
                "cannot write the tracking plan `{}`: {error}",
                self.file.display()
            ))
        })
    }

    /// Marks the sources as modified, so that they are compiled again: targets that were built
    /// before the file existed do not depend on it.
    pub(super) fn touch(&self) {
        for unit in self.units() {
            let file = fs::File::options().append(true).open(unit.source);
            // On failure the next change of the code recompiles the target.
            let _ = file.and_then(|file| file.set_modified(SystemTime::now()));
        }
    }
}

fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let temporary = file.with_extension("json.new");
    let write = || {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut new = fs::File::create(&temporary)?;
        new.write_all(text.as_bytes())?;
        new.sync_all()?;
        fs::rename(&temporary, file)
    };
    write().inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })
}
