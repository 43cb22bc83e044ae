//! Clients of several projects of one server.

use lunogram::queue::{DropReason, QueueOptions};
use lunogram::session::SessionToken;
use lunogram::testing::{Fault, Server};
use lunogram::{Client, Error, ErrorKind, Event, UpsertUserRequest};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use uuid::Uuid;

const LONG: Duration = Duration::from_secs(60);

fn viewed() -> Event {
    Event::new("viewed").to("jane")
}

fn token() -> SessionToken {
    let json = r#"{"token": "t", "expires_at": "2027-01-02T03:04:05Z"}"#;
    serde_json::from_str(json).expect("a token")
}

#[tokio::test]
async fn a_project_has_its_own_routes() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let client = server.client();
    let project = client.for_project(server.key(), server.project_id())?;
    let key_scoped = project.for_project(server.key(), None)?;
    for client in [&client, &project, &key_scoped] {
        client.upsert_user(&UpsertUserRequest::new("jane")).await?;
    }
    let requests = server.requests();
    let paths: Vec<_> = requests.iter().map(|request| &*request.path).collect();
    let scoped = format!("/api/client/projects/{}/users", server.project_id());
    let expected = ["/api/client/users", &*scoped, "/api/client/users"];
    assert_eq!(paths, expected);
    Ok(())
}

#[tokio::test]
async fn a_wrong_key_holds_up_its_own_project_only() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let client = server.client();
    let wrong = client.for_project("sk_wrong", None)?;
    let right = client.for_project(server.key(), None)?;
    for client in [&wrong, &client, &right] {
        client.track(&viewed())?;
    }
    let error = wrong.flush().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    client.flush().await?;
    right.flush().await?;
    // Again, while the delivery of the wrong key is suspended.
    right.track(&viewed())?;
    right.flush().await?;
    let delivered = |client: &Client| client.stats().delivered();
    assert_eq!([&wrong, &client, &right].map(delivered), [0, 1, 2]);
    assert!(wrong.stats().is_held() && !client.stats().is_held());
    assert_eq!(wrong.stats().pending(), 1);
    Ok(())
}

#[tokio::test]
async fn a_project_has_its_own_queue_with_the_settings_of_its_client() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    // The events stay in their queues.
    server.inject(Fault::status(503).always());
    let dropped = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&dropped);
    let client = Client::builder(server.key())
        .base_url(server.url())
        .queue(QueueOptions::default().max_events(1).batch_age(LONG))
        .on_drop(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
        })
        .build()?;
    let project = client.for_project(server.key(), None)?;
    for client in [&client, &project] {
        client.track(&viewed())?;
        let full = client.track(&viewed()).unwrap_err();
        assert_eq!(full.kind(), ErrorKind::QueueFull);
    }
    let stats = project.shutdown(Duration::ZERO).await?;
    let lost = stats.dropped_because(DropReason::Shutdown);
    // It may be on its way.
    assert_eq!(lost + stats.unknown(), 1, "{stats}");
    assert_eq!(dropped.load(Ordering::SeqCst) as u64, lost);
    assert_eq!(client.stats().pending(), 1);
    Ok(())
}

#[tokio::test]
async fn a_shutdown_covers_the_projects_and_sessions_of_a_client() -> Result<(), Error> {
    let server = Server::builder().any_key().start().expect("a port");
    let client = server.client();
    let project = client.for_project("sk_1", Uuid::from_u128(1))?;
    let other = project.for_project("sk_2", Uuid::from_u128(2))?;
    let session = project.with_session(token(), "jane")?;
    let idle = client.for_project("sk_3", Uuid::from_u128(3))?;
    let clients = [&client, &project, &other];
    for client in clients {
        client.track(&viewed())?;
    }
    session.track(&Event::new("viewed"))?;
    let stats = client.shutdown(LONG).await?;
    assert_eq!(stats, client.stats());
    for client in clients {
        assert_eq!(client.stats().delivered(), 1);
    }
    assert_eq!(session.stats().delivered(), 1);
    assert_eq!(server.requests().len(), 4);

    let late = client.for_project("sk_4", Uuid::from_u128(4))?;
    for client in [&client, &project, &other, &idle, &late] {
        let error = client.track(&viewed()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ShutDown);
        client.send(&viewed()).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_shutdown_fails_if_a_project_was_suspended() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let client = server.client();
    let right = client.for_project(server.key(), None)?;
    let wrong = right.for_project("sk_wrong", None)?;
    for client in [&client, &right, &wrong, &wrong] {
        client.track(&viewed())?;
    }
    wrong.flush().await.unwrap_err();
    for client in [&client, &right] {
        client.flush().await?;
    }
    for deadline in [Duration::ZERO, LONG] {
        let error = client.shutdown(deadline).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
        let text = format!("{error} {error:?}");
        let what = "delivery of a client from `for_project` was suspended until the shutdown, with undelivered items (2)";
        assert!(text.contains(what), "{text}");
        assert!(!text.contains("sk_wrong"), "{text}");
    }
    // Unknown, if it is on its way at the shutdown.
    let stats = wrong.stats();
    let lost = stats.dropped_because(DropReason::Shutdown) + stats.unknown();
    assert_eq!((lost, stats.pending()), (2, 0));
    // The counts of the client itself, which had no loss.
    assert_eq!(
        client.stats().to_string(),
        "1 accepted: 1 delivered, 0 pending"
    );
    Ok(())
}

#[tokio::test]
async fn a_shutdown_fails_if_a_session_was_suspended() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let client = server.client();
    let idle = client.for_project("sk_wrong", None)?;
    let session = client.with_session(token(), "jane")?;
    session.track(&Event::new("viewed"))?;
    session.flush().await.unwrap_err();
    let error = client.shutdown(Duration::ZERO).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    let what = "delivery of a session from `with_session` was suspended until the shutdown";
    assert!(error.to_string().contains(what), "{error}");
    assert_eq!(idle.stats().accepted(), 0);
    Ok(())
}

#[tokio::test]
async fn a_shutdown_fails_if_a_project_needs_more_time() -> Result<(), Error> {
    let server = Server::builder().any_key().start().expect("a port");
    let client = server.client();
    let first = client.for_project("sk_1", None)?;
    let second = client.for_project("sk_2", None)?;
    first.track(&viewed())?;
    first.flush().await?;
    second.track(&viewed())?;
    let error = client.shutdown(Duration::ZERO).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ShutDown);
    let what = "a client from `for_project` still had undelivered items (1) at the deadline";
    assert!(error.to_string().starts_with(what), "{error}");
    assert_eq!(second.stats().pending(), 0);
    // Of the client's own queue, the counts tell.
    let client = server.client();
    client.track(&viewed())?;
    let stats = client.shutdown(Duration::ZERO).await?;
    assert_eq!(stats.dropped() + stats.unknown(), 1);
    Ok(())
}

#[tokio::test]
async fn a_project_ends_alone() -> Result<(), Error> {
    let server = Server::builder().any_key().start().expect("a port");
    let client = server.client();
    let [first, second] = [1, 2].map(|n| client.for_project("sk_1", Uuid::from_u128(n)));
    let (first, second) = (first?, second?);
    first.track(&viewed())?;
    let _ = first.shutdown(LONG).await?;
    // By now, the delivery thread may have ended; it starts again.
    second.track(&viewed())?;
    second.flush().await?;
    client.track(&viewed())?;
    client.flush().await?;

    drop(first);
    drop(client);
    second.track(&viewed())?;
    second.flush().await?;
    assert_eq!(second.stats().delivered(), 2);
    Ok(())
}

#[tokio::test]
async fn a_project_is_not_in_the_spool_of_its_client() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    server.inject(Fault::status(503).always());
    let folder = tempfile::tempdir().expect("a folder");
    let client = Client::builder(server.key())
        .base_url(server.url())
        .spool(folder.path())
        .build()?;
    let project = client.for_project(server.key(), None)?;
    client.track(&viewed())?;
    project.track(&viewed())?;
    let error = client.shutdown(Duration::ZERO).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ShutDown);
    assert_eq!(client.stats().pending(), 1);
    let lost = project.stats();
    assert_eq!(lost.dropped() + lost.unknown(), 1);
    Ok(())
}

#[test]
fn a_project_of_the_blocking_client_shares_its_threads() -> Result<(), Error> {
    let server = Server::builder().any_key().start().expect("a port");
    let client = server.client().blocking()?;
    let project = client.for_project("sk_1", Uuid::from_u128(1))?;
    drop(client);
    project.send(&viewed())?;
    project.track(&viewed())?;
    project.flush()?;
    let disabled = lunogram::blocking::Client::disabled();
    let project = disabled.for_project("sk_1", Uuid::from_u128(1))?;
    project.send(&viewed())?;
    let _ = disabled.shutdown(LONG)?;
    let error = project.track(&viewed()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ShutDown);
    assert_eq!(server.requests().len(), 2);
    Ok(())
}

#[test]
fn an_unusable_key_is_refused() {
    let server = Server::start().expect("a port");
    for client in [server.client(), Client::disabled()] {
        for key in ["", "s3cret "] {
            let error = client.for_project(key, None).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(!format!("{error} {error:?}").contains("s3cr"), "{error}");
        }
    }
}
