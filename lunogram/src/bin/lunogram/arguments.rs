//! The arguments of the command.

use clap::builder::NonEmptyStringValueParser;
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
    /// The tracking plan `lunogram.plan.json`: the events, schedules and traits of the code.
    #[command(arg_required_else_help = true)]
    Plan {
        #[command(flatten)]
        project: ProjectArgs,
        #[command(subcommand)]
        action: Action,
    },
    /// A local server that keeps the contract of the platform's API, with a page that shows its
    /// requests live in a browser.
    Server(ServerArgs),
}

/// The settings of the embedded server.
#[derive(Args)]
pub(crate) struct ServerArgs {
    /// Port of the loopback address [default: a free one].
    #[arg(
        long,
        value_name = "PORT",
        default_value_t = 0,
        hide_default_value = true
    )]
    pub(crate) port: u16,
    /// The only key to accept [default: every key].
    #[arg(long, value_name = "KEY", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) key: Option<String>,
    /// Id of the project that the key belongs to [default: a random one].
    #[arg(long, value_name = "ID")]
    pub(crate) project: Option<Uuid>,
    /// Limit clients as a deployed server does: 600 requests a minute for a key, its time-outs, its
    /// largest event, and 1 ms for each event.
    #[arg(long)]
    pub(crate) as_deployed: bool,
    /// File to append each request to, as one line of JSON without the key.
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
}

/// The project, and how cargo builds it.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of cargo")]
pub(crate) struct ProjectArgs {
    /// Folder of the package or the workspace.
    #[arg(
        short = 'C',
        long,
        global = true,
        value_name = "FOLDER",
        default_value = "."
    )]
    pub(crate) folder: PathBuf,
    /// Use a plan of this package alone, beside its `Cargo.toml`.
    #[arg(long, global = true)]
    pub(crate) own: bool,
    /// Features to build with, separated by commas.
    #[arg(short = 'F', long, global = true, value_name = "FEATURES")]
    features: Vec<String>,
    /// Build with all features.
    #[arg(long, global = true)]
    all_features: bool,
    /// Build without the default features.
    #[arg(long, global = true)]
    no_default_features: bool,
    /// Forbid cargo to use the network.
    #[arg(long, global = true)]
    offline: bool,
    /// Forbid cargo to change `Cargo.lock`.
    #[arg(long, global = true)]
    locked: bool,
}

#[derive(Subcommand)]
pub(crate) enum Action {
    /// Write the types of the code to the plan.
    Write,
    /// List where the plan and the code differ, and exit with 1 if they do.
    Check,
    /// List the changes of the plan since a git revision, breaking ones first.
    Diff {
        /// Git revision to compare with.
        #[arg(value_name = "REV", default_value = "HEAD")]
        revision: String,
        /// Exit with 1 if a change is breaking.
        #[arg(long)]
        fail_on_breaking: bool,
    },
    /// List where the plan and the server's observed schemas differ. `LUNOGRAM_API_KEY` needs to be
    /// a key that may read.
    Observe {
        /// URL of the server [default: `LUNOGRAM_API_URL`, else the hosted platform].
        #[arg(long)]
        url: Option<String>,
        /// Id of the project [default: `LUNOGRAM_PROJECT_ID`].
        #[arg(long)]
        project: Option<Uuid>,
        /// Exit with 1 if the server has observed something that the plan does not allow.
        #[arg(long)]
        fail_on_drift: bool,
    },
}

impl ProjectArgs {
    /// The options to pass on to cargo.
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
            .filter_map(|(is_set, flag)| is_set.then_some(flag))
            .chain(features)
            .map(str::to_owned)
            .collect()
    }
}
