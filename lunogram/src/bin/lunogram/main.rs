//! The command `lunogram` (feature `cli`).

mod arguments;
mod plan;

use arguments::{Arguments, Command};
use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let Command::Plan { project, action } = command;
    let outcome = plan::run(&project, &action, &mut std::io::stdout().lock());
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::from(2)
    })
}
