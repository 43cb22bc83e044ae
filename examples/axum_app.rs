//! A web application that tracks an event on each request, and delivers its queue on Ctrl-C and
//! `SIGTERM`.
//!
//! Run `cargo run --example axum_app -- [PORT]`, then
//! `curl http://127.0.0.1:PORT/users/user_123`. It uses an embedded server, or the server in
//! `LUNOGRAM_API_KEY`, `LUNOGRAM_API_URL` and `LUNOGRAM_PROJECT_ID`.

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use lunogram::{Client, LunogramEvent, UpsertUserRequest};
use lunogram_examples::Target;
use std::error::Error;
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::net::TcpListener;

#[derive(LunogramEvent)]
struct ProfileViewed<'a> {
    #[lunogram(external_id)]
    user: &'a str,
    path: &'static str,
}

async fn profile(State(client): State<Client>, Path(user): Path<String>) -> String {
    let viewed = ProfileViewed {
        user: &user,
        path: "/users/{user}",
    };
    // Queuing takes about a microsecond, so the response does not wait for Lunogram.
    let tracked = client
        .identify(&UpsertUserRequest::new(user.as_str()))
        .and_then(|()| client.track(&viewed));
    if let Err(error) = tracked {
        eprintln!("not tracked: {error}");
    }
    format!("hello, {user}\n")
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = match std::env::args().nth(1) {
        Some(port) => port.parse()?,
        None => 0,
    };
    let target = Target::from_env()?;
    println!("events go to {}", target.describe());
    let client = target.client.clone();

    let app = Router::new()
        .route("/users/{user}", get(profile))
        .with_state(client.clone());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let terminated = lunogram::signal::terminated()?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app)
        .with_graceful_shutdown(terminated)
        .await?;

    let stats = client.shutdown(Duration::from_secs(5)).await?;
    println!("\n{stats}");
    Ok(())
}
