//! The command `lunogram` (feature `cli`).

mod arguments;
mod plan;
mod server;

use arguments::{Arguments, Command};
use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let outcome = match command {
        Command::Plan { project, action } => {
            plan::run(&project, &action, &mut std::io::stdout().lock())
        }
        Command::Server(args) => server::run(args, std::io::stdout()),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::from(2)
    })
}
