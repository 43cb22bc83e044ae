//! Checks of the repository's conventions and of the published crates, on the source, on rustdoc's
//! JSON and on cargo's output.
//!
//! ```text
//! cargo run -p lunogram-conventions              # runs all checks
//! cargo run -p lunogram-conventions -- write     # writes the public API into the snapshots
//! cargo run -p lunogram-conventions -- traits    # prints the common traits missing on each type
//! cargo run -p lunogram-conventions -- language  # checks the language of comments and messages
//! cargo run -p lunogram-conventions -- rooms     # checks which modules import which
//! cargo run -p lunogram-conventions -- faces     # checks the documentation of the blocking face
//! cargo run -p lunogram-conventions -- faces write   # copies it from the async face
//! ```

mod cfg;
mod dependencies;
mod examples;
mod exports;
mod faces;
mod features;
mod foreign;
mod futures;
mod growth;
mod language;
mod package;
mod pure;
mod rooms;
mod rustdoc;
mod snapshot;
mod traits;
mod workspace;

use crate::exports::Exports;
use crate::rustdoc::Documented;
use crate::snapshot::Line;
use crate::workspace::Workspace;
use std::error::Error;
use std::process::ExitCode;

/// Violations, each with its remedy.
type Findings = Vec<String>;

/// The package of the client.
const CLIENT: &str = "lunogram";
/// The package without the client, of which the client exports everything.
const CORE: &str = "lunogram-core";

/// The packages that define items which these two export.
const SHARED: [&str; 2] = ["lunogram-derive", "lunogram-rules"];

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let workspace = Workspace::read()?;
    match arguments[..] {
        [] => check(&workspace),
        ["language"] => Ok(report(&language::check(&workspace)?)),
        ["rooms"] => Ok(report(&rooms::check(&workspace)?)),
        ["faces"] => Ok(report(&faces::check(&workspace)?)),
        ["faces", "write"] => {
            faces::write(&workspace)?;
            Ok(ExitCode::SUCCESS)
        }
        ["write"] => write(&workspace),
        ["traits"] => {
            for library in everything(&workspace)?.libraries() {
                print!("{}", traits::table(&library.documented));
            }
            Ok(ExitCode::SUCCESS)
        }
        _ => Err(
            "unknown arguments; pass none, or one of `write`, `traits`, `language`, `rooms`, `faces` and `faces write`"
                .into(),
        ),
    }
}

fn check(workspace: &Workspace) -> Result<ExitCode, Box<dyn Error>> {
    let mut findings = language::check(workspace)?;
    findings.extend(rooms::check(workspace)?);
    findings.extend(faces::check(workspace)?);
    findings.extend(package::check(workspace)?);
    findings.extend(dependencies::check(workspace)?);
    findings.extend(pure::check(workspace)?);
    let all = everything(workspace)?;
    let none = Api::of(workspace, "none", "--no-default-features")?;
    for (library, without) in all.libraries().into_iter().zip(none.libraries()) {
        findings.extend(features::check(&library.lines, &without.lines));
        findings.extend(traits::check(&library.documented));
        findings.extend(futures::check(workspace, &library.lines)?);
        findings.extend(growth::check(&library.lines));
        findings.extend(snapshot::check(workspace, library)?);
    }
    findings.extend(foreign::check(all.libraries()));
    findings.extend(examples::check(all.libraries(), &shared(workspace)?));
    let Api { client, core } = all;
    let (name, of_core) = (client.documented.name(), core.documented.name());
    findings.extend(client.exports.check(name, &core.exports, of_core));
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
    for library in everything(workspace)?.libraries() {
        snapshot::write(workspace, library)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A published library whose items applications name.
struct Library {
    package: &'static str,
    documented: Documented,
    exports: Exports,
    lines: Vec<Line>,
}

impl Library {
    fn new(
        package: &'static str,
        documented: Documented,
        below: &Exports,
    ) -> Result<Self, Box<dyn Error>> {
        let exports = Exports::of(&documented, below);
        let lines = snapshot::lines(&documented, &exports)?;
        Ok(Self {
            package,
            documented,
            exports,
            lines,
        })
    }
}

/// The public API with one set of features.
struct Api {
    client: Library,
    core: Library,
}

impl Api {
    /// Documents the libraries. `name` is the folder of the output, and `features` the argument
    /// that chooses features.
    fn of(workspace: &Workspace, name: &str, features: &str) -> Result<Self, Box<dyn Error>> {
        let document = |package| Documented::of(workspace, package, name, &[features]);
        let core = Library::new(CORE, document(CORE)?, &Exports::default())?;
        let client = Library::new(CLIENT, document(CLIENT)?, &core.exports)?;
        Ok(Self { client, core })
    }

    fn libraries(&self) -> [&Library; 2] {
        [&self.client, &self.core]
    }
}

fn everything(workspace: &Workspace) -> Result<Api, Box<dyn Error>> {
    Api::of(workspace, "all", "--all-features")
}

fn shared(workspace: &Workspace) -> Result<Vec<Documented>, Box<dyn Error>> {
    let document = |package| Documented::of(workspace, package, "all", &["--all-features"]);
    SHARED.into_iter().map(document).collect()
}
