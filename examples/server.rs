//! Runs the embedded server for clients in any language. It logs each request, and serves a page
//! that shows the requests live in a browser.
//!
//! `cargo run --example server -- [--port PORT] [--key KEY] [--as-deployed]`: by default, the
//! server listens on a free port, accepts every key and has no limits. With `--as-deployed` it
//! limits clients as a deployed server does. The command `lunogram server` does the same outside of
//! a checkout, and has more options.

use lunogram::testing::Server;
use std::process::ExitCode;
use std::thread;
use tokio::sync::oneshot;

const USAGE: &str = "usage: server [--port PORT] [--key KEY] [--as-deployed]";

struct Options {
    port: u16,
    key: Option<String>,
    as_deployed: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let builder = Server::builder().port(options.port).page();
    let builder = match options.key {
        Some(key) => builder.key(key),
        None => builder.any_key(),
    };
    let builder = if options.as_deployed {
        builder.as_deployed()
    } else {
        builder
    };
    // Without a handler, the first process of a container ignores `SIGTERM`.
    let terminated = match lunogram::signal::terminated() {
        Ok(terminated) => terminated,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let (failed, failure) = oneshot::channel();
    thread::spawn(move || {
        let Err(error) = builder.run(std::io::stdout());
        failed.send(error)
    });
    tokio::select! {
        failure = failure => {
            if let Ok(error) = failure {
                eprintln!("cannot run the server: {error}");
            }
            ExitCode::FAILURE
        }
        () = terminated => ExitCode::SUCCESS,
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        port: 0,
        key: None,
        as_deployed: false,
    };
    while let Some(argument) = arguments.next() {
        if argument == "--as-deployed" {
            options.as_deployed = true;
            continue;
        }
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (argument, None),
        };
        let value = value.or_else(|| arguments.next());
        match (name.as_str(), value) {
            ("--port", Some(port)) => {
                options.port = port
                    .parse()
                    .map_err(|_| format!("`--port {port}` is not a port number from 0 to 65535"))?;
            }
            ("--key", Some(key)) if !key.is_empty() => options.key = Some(key),
            ("--port" | "--key", _) => return Err(format!("`{name}` needs a value")),
            _ => return Err(format!("unknown argument `{name}`")),
        }
    }
    Ok(options)
}
