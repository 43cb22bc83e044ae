//! Imports the export of a shop: each row becomes a user, an event, and, for repeated deliveries, a
//! schedule. Invalid rows are reported with their line and reason; the others are imported.
//!
//! Run `cargo run --example import_orders -- [FILE.csv]`; the default is
//! `examples/data/orders.csv`. It uses an embedded server, or the server in `LUNOGRAM_API_KEY`,
//! `LUNOGRAM_API_URL` and `LUNOGRAM_PROJECT_ID`.

use import_orders_lib::import;
use indicatif::{ProgressBar, ProgressStyle};
use lunogram_examples::Target;
use std::error::Error;
use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("import stopped: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../data/orders.csv")),
        PathBuf::from,
    );
    let file = File::open(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let bar = ProgressBar::new(file.metadata()?.len()).with_style(ProgressStyle::with_template(
        "{bar:40} {percent:>3}%  {msg}",
    )?);
    let target = Target::from_env()?;
    let terminated = lunogram::signal::terminated()?;
    println!("importing {} into {}", path.display(), target.describe());

    let imported = import(bar.wrap_read(file), &target.client, |report| {
        bar.set_message(report.summary());
    });
    let (report, outcome) = tokio::select! {
        imported = imported => imported,
        // Ctrl-C, for example. Nothing is queued that a shutdown would have to deliver: each call
        // has its answer, apart from the one that was on its way.
        () = terminated => {
            bar.finish_and_clear();
            return Err(format!("by a signal; so far: {}", bar.message()).into());
        }
    };
    bar.finish_and_clear();
    // Also if the import failed: part of the rows may have been sent.
    print!("{report}");
    if let Some(server) = &target.embedded {
        println!(
            "the server received {} events, {} of them about unknown subjects",
            server.all_events().len(),
            server.lost().len()
        );
    }
    outcome
}
