//! Checks of the repository's conventions and of the published crates, on the source, on rustdoc's
//! JSON and on cargo's output.
//!
//! ```text
//! cargo run -p lunogram-conventions              # runs all checks
//! cargo run -p lunogram-conventions -- write     # writes the public API into the snapshot
//! cargo run -p lunogram-conventions -- traits    # prints the common traits missing on each type
//! cargo run -p lunogram-conventions -- language  # checks the language of comments and messages
//! cargo run -p lunogram-conventions -- rooms     # checks which modules import which
//! ```

mod cfg;
mod dependencies;
mod examples;
mod features;
mod foreign;
mod futures;
mod growth;
mod language;
mod package;
mod rooms;
mod rustdoc;
mod snapshot;
mod traits;
mod workspace;

use crate::rustdoc::Documented;
use crate::workspace::Workspace;
use std::error::Error;
use std::process::ExitCode;

/// Violations, each with its remedy.
type Findings = Vec<String>;

const PACKAGE: &str = "lunogram";

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let workspace = Workspace::read()?;
    match arguments[..] {
        [] => check(&workspace),
        ["language"] => Ok(report(&language::check(&workspace)?)),
        ["rooms"] => Ok(report(&rooms::check(&workspace)?)),
        ["write"] => write(&workspace),
        ["traits"] => {
            print!("{}", traits::table(&everything(&workspace)?));
            Ok(ExitCode::SUCCESS)
        }
        _ => Err(
            "unknown arguments; pass none, or one of `write`, `traits`, `language` and `rooms`"
                .into(),
        ),
    }
}

fn check(workspace: &Workspace) -> Result<ExitCode, Box<dyn Error>> {
    let mut findings = language::check(workspace)?;
    findings.extend(rooms::check(workspace)?);
    findings.extend(package::check(workspace)?);
    findings.extend(dependencies::check(workspace)?);
    let all = everything(workspace)?;
    let lines = snapshot::lines(&all)?;
    findings.extend(features::check(
        &lines,
        &snapshot::lines(&nothing(workspace)?)?,
    ));
    findings.extend(foreign::check(&all, &lines));
    findings.extend(traits::check(&all));
    findings.extend(examples::check(&all));
    findings.extend(futures::check(workspace, &lines)?);
    findings.extend(growth::check(&lines));
    findings.extend(snapshot::check(workspace, &lines)?);
    Ok(report(&findings))
}

fn report(findings: &Findings) -> ExitCode {
    for finding in findings {
        eprintln!("error: {finding}\n");
    }
    if findings.is_empty() {
        ExitCode::SUCCESS
    } else {
        eprintln!("{} findings", findings.len());
        ExitCode::FAILURE
    }
}

fn write(workspace: &Workspace) -> Result<ExitCode, Box<dyn Error>> {
    snapshot::write(workspace, &snapshot::lines(&everything(workspace)?)?)?;
    Ok(ExitCode::SUCCESS)
}

fn everything(workspace: &Workspace) -> Result<Documented, Box<dyn Error>> {
    Documented::of(workspace, PACKAGE, "all", &["--all-features"])
}

fn nothing(workspace: &Workspace) -> Result<Documented, Box<dyn Error>> {
    Documented::of(workspace, PACKAGE, "none", &["--no-default-features"])
}
