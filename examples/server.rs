//! Runs the embedded server for clients in any language. It logs each request, and serves a page
//! that shows the requests live in a browser.
//!
//! `cargo run --example server -- [--port PORT] [--key KEY]`: by default, the server listens on a
//! free port and accepts every key.

use lunogram::testing::Server;
use std::process::ExitCode;

const USAGE: &str = "usage: server [--port PORT] [--key KEY]";

struct Options {
    port: u16,
    key: Option<String>,
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
    let any_key = options.key.is_none();
    let builder = Server::builder()
        .port(options.port)
        .page()
        .on_request(|request| {
            println!("{request}");
        });
    let builder = match options.key {
        Some(key) => builder.key(key),
        None => builder.any_key(),
    };
    let server = match builder.start() {
        Ok(server) => server,
        Err(error) => {
            eprintln!("cannot listen on port {}: {error}", options.port);
            return ExitCode::FAILURE;
        }
    };
    println!("listening on {}", server.url());
    println!("  page  {}/", server.url());
    println!(
        "  LUNOGRAM_API_URL={} LUNOGRAM_API_KEY={}",
        server.url(),
        if any_key {
            "sk_anything"
        } else {
            "<the key of --key>"
        }
    );
    println!(
        "  project {} (for project-scoped routes)\npress Ctrl-C to stop",
        server.project_id()
    );
    if let Err(error) = tokio::signal::ctrl_c().await {
        eprintln!("cannot wait for Ctrl-C: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options { port: 0, key: None };
    while let Some(argument) = arguments.next() {
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
