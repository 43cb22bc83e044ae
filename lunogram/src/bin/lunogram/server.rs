//! The subcommand `lunogram server`.

use crate::arguments::ServerArgs;
use lunogram::testing::Server;
use std::error::Error;
use std::fs::OpenOptions;
use std::io::Write;
use std::process::ExitCode;

pub(crate) fn run(
    args: ServerArgs,
    out: impl Write + Send + 'static,
) -> Result<ExitCode, Box<dyn Error>> {
    let mut builder = Server::builder().port(args.port).page();
    builder = match args.key {
        Some(key) => builder.key(key),
        None => builder.any_key(),
    };
    if args.as_deployed {
        builder = builder.as_deployed();
    }
    if let Some(project) = args.project {
        builder = builder.project_id(project);
    }
    if let Some(path) = args.record {
        let file = OpenOptions::new().append(true).create(true).open(&path);
        let file = file.map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        builder = builder.record(file);
    }
    match builder.run(out) {
        Ok(never) => match never {},
        Err(error) => Err(format!("cannot run the server: {error}").into()),
    }
}
