//! `lunogram plan …`

use crate::arguments::{Action, Place};
use lunogram::plan::{Change, Impact, PlanError, Project};
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

pub(crate) fn run(
    place: &Place,
    action: &Action,
    out: &mut impl Write,
) -> Result<ExitCode, Box<dyn Error>> {
    let project = Project::at(&place.folder).cargo_options(place.cargo_options());
    let project = if place.own { project.own() } else { project };
    match action {
        Action::Write => write(&project, out),
        Action::Check => check(&project, out),
        Action::Diff {
            revision,
            fail_on_breaking,
        } => {
            let changes = project.at_revision(revision)?.changes(&project.read()?);
            print(&changes, out)?;
            let breaks = changes
                .iter()
                .any(|change| change.impact() == Impact::Breaking);
            Ok(ExitCode::from(u8::from(breaks && *fail_on_breaking)))
        }
    }
}

fn write(project: &Project, out: &mut impl Write) -> Result<ExitCode, Box<dyn Error>> {
    let written = project.write()?;
    print(&written.changes, out)?;
    writeln!(out, "{} is what the code says", written.file.display())?;
    Ok(ExitCode::SUCCESS)
}

fn check(project: &Project, out: &mut impl Write) -> Result<ExitCode, Box<dyn Error>> {
    let drift = project.check().map_err(Box::<PlanError>::new)?;
    writeln!(out, "{drift}")?;
    Ok(ExitCode::from(u8::from(!drift.is_none())))
}

fn print(changes: &[Change], out: &mut impl Write) -> io::Result<()> {
    if changes.is_empty() {
        return writeln!(out, "no changes");
    }
    for change in changes {
        let impact = match change.impact() {
            Impact::Breaking => "breaking   ",
            Impact::Compatible => "compatible ",
        };
        writeln!(out, "{impact} {change}")?;
    }
    Ok(())
}
