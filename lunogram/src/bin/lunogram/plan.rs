//! The subcommand `lunogram plan`.

use crate::arguments::{Action, ProjectArgs};
use lunogram::ClientBuilder;
use lunogram::plan::{Change, Finding, FindingKind, Impact, Plan, PlanError, Project};
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use uuid::Uuid;

pub(crate) fn run(
    args: &ProjectArgs,
    action: &Action,
    out: &mut impl Write,
) -> Result<ExitCode, Box<dyn Error>> {
    let project = Project::at(&args.folder).cargo_options(args.cargo_options());
    let project = if args.own { project.own() } else { project };
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
        Action::Observe {
            url,
            project: id,
            fail_on_drift,
        } => {
            let findings = observe(&project.read()?, url.as_deref(), *id)?;
            for finding in &findings {
                writeln!(out, "{finding}")?;
            }
            if findings.is_empty() {
                writeln!(out, "the plan matches the server's observed schemas")?;
            }
            let drifts = findings
                .iter()
                .any(|finding| finding.kind() != FindingKind::NeverSeen);
            Ok(ExitCode::from(u8::from(drifts && *fail_on_drift)))
        }
    }
}

/// The environment variable with the id of the project.
const PROJECT: &str = "LUNOGRAM_PROJECT_ID";

fn observe(
    plan: &Plan,
    url: Option<&str>,
    project: Option<Uuid>,
) -> Result<Vec<Finding>, Box<dyn Error>> {
    if project.is_none() && std::env::var_os(PROJECT).is_none_or(|project| project.is_empty()) {
        return Err(format!("no project; pass `--project` or set `{PROJECT}`").into());
    }
    let mut builder = ClientBuilder::from_env()?;
    if let Some(project) = project {
        builder = builder.project(project);
    }
    if let Some(url) = url {
        builder = builder.base_url(url);
    }
    let client = builder.build()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(plan.observe(&client))?)
}

fn write(project: &Project, out: &mut impl Write) -> Result<ExitCode, Box<dyn Error>> {
    let written = project.write()?;
    print(&written.changes, out)?;
    writeln!(out, "`{}` matches the code", written.file.display())?;
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
