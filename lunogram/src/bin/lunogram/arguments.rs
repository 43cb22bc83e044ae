//! What can be asked of the command.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use uuid::Uuid;

/// Lunogram's command for Rust applications.
#[derive(Parser)]
#[command(name = "lunogram", version, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// The tracking plan: the events, schedules and traits of the code in `lunogram.plan.json`.
    #[command(arg_required_else_help = true)]
    Plan {
        #[command(flatten)]
        place: Place,
        #[command(subcommand)]
        action: Action,
    },
}

/// Which project it is, and how cargo builds it.
#[derive(Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of cargo's"
)]
pub(crate) struct Place {
    /// The folder of the package or the workspace.
    #[arg(
        short = 'C',
        long,
        global = true,
        value_name = "FOLDER",
        default_value = "."
    )]
    pub(crate) folder: PathBuf,
    /// The plan of this package alone, beside its `Cargo.toml`.
    #[arg(long, global = true)]
    pub(crate) own: bool,
    /// Features to build with, with commas between them.
    #[arg(short = 'F', long, global = true, value_name = "FEATURES")]
    features: Vec<String>,
    /// Build with all features.
    #[arg(long, global = true)]
    all_features: bool,
    /// Build without the default features.
    #[arg(long, global = true)]
    no_default_features: bool,
    /// Let cargo use nothing but what is on this machine.
    #[arg(long, global = true)]
    offline: bool,
    /// Let cargo leave `Cargo.lock` as it is.
    #[arg(long, global = true)]
    locked: bool,
}

#[derive(Subcommand)]
pub(crate) enum Action {
    /// Take the code's types into the plan.
    Write,
    /// Fail (1) where the plan is not what the code says, and say in what.
    Check,
    /// What changed in the plan since a revision, and whom it breaks.
    Diff {
        /// A revision of git's.
        #[arg(value_name = "REV", default_value = "HEAD")]
        revision: String,
        /// Fail (1) where a change breaks somebody.
        #[arg(long)]
        fail_on_breaking: bool,
    },
    /// What the server has observed otherwise: `LUNOGRAM_API_KEY` has a key that may read.
    Observe {
        /// The server, by default that of `LUNOGRAM_API_URL`, or the platform's own.
        #[arg(long)]
        url: Option<String>,
        /// The project, by default that of `LUNOGRAM_PROJECT_ID`.
        #[arg(long)]
        project: Option<Uuid>,
        /// Fail (1) where the server has seen what is not in the plan.
        #[arg(long)]
        fail_on_drift: bool,
    },
}

impl Place {
    /// The same for cargo.
    pub(crate) fn cargo_options(&self) -> Vec<String> {
        let flags = [
            (self.all_features, "--all-features"),
            (self.no_default_features, "--no-default-features"),
            (self.offline, "--offline"),
            (self.locked, "--locked"),
        ];
        let features = self
            .features
            .iter()
            .flat_map(|features| ["--features", features]);
        flags
            .into_iter()
            .filter_map(|(given, flag)| given.then_some(flag))
            .chain(features)
            .map(str::to_owned)
            .collect()
    }
}
