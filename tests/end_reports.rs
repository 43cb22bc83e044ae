//! The errors of `flush` and `shutdown`, and the counts that they return: each reports what has
//! happened, and nothing else.

use futures_util::FutureExt as _;
use lunogram::queue::{DropReason, Fate, Overflow, QueueOptions, SpoolOptions};
use lunogram::testing::{Clock, Fault, Server};
use lunogram::{Client, ClientBuilder, Error, ErrorKind, Event, UpsertUserRequest};
use lunogram_tests::raw::{Raw, Reply};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

fn seen() -> Event {
    Event::new("seen").to("u")
}

fn builder(url: &str) -> ClientBuilder {
    let queue = QueueOptions::default().batch_age(Duration::ZERO);
    Client::builder("sk_1").base_url(url).queue(queue)
}

/// An answer that suspends delivery, and what its errors have.
struct Suspending {
    reply: Reply,
    kind: ErrorKind,
    status: &'static str,
    advice: &'static str,
}

fn suspending() -> Vec<Suspending> {
    let problem = r#"{"title": "invalid key", "detail": "it was revoked"}"#;
    vec![
        Suspending {
            reply: Reply::json(401, problem),
            kind: ErrorKind::Unauthorized,
            status: "401 Unauthorized",
            advice: "check that LUNOGRAM_API_KEY belongs to this server (LUNOGRAM_API_URL)",
        },
        Suspending {
            reply: Reply::with(302, "location: /login\r\n", ""),
            kind: ErrorKind::Redirected,
            status: "302 Found",
            advice: "redirects are not followed, to protect the key",
        },
        Suspending {
            reply: Reply::with(404, "", "no such page"),
            kind: ErrorKind::NotFound,
            status: "404 Not Found",
            advice: "check the base URL (LUNOGRAM_API_URL)",
        },
        Suspending {
            reply: Reply::with(405, "", ""),
            kind: ErrorKind::Refused,
            status: "405 Method Not Allowed",
            advice: "check the base URL (LUNOGRAM_API_URL)",
        },
        Suspending {
            reply: Reply::with(200, "content-type: text/html\r\n", "<html></html>"),
            kind: ErrorKind::Unreadable,
            status: "200 OK",
            advice: "check that the base URL (LUNOGRAM_API_URL) leads to a Lunogram server",
        },
    ]
}

#[track_caller]
fn assert_reports(error: &Error, answer: &Suspending, state: &str) {
    let text = error.to_string();
    assert_eq!(error.kind(), answer.kind, "{text}");
    assert_eq!(error.operation(), Some("postUserEvents"), "{text}");
    let start = format!("postUserEvents: {}: {state}", answer.status);
    assert!(text.starts_with(&start), "{text}");
    assert_eq!(text.matches(answer.advice).count(), 1, "{text}");
    assert!(text.matches("; check ").count() <= 1, "{text}");
    let is_401 = answer.kind == ErrorKind::Unauthorized;
    assert_eq!(
        text.contains("invalid key: it was revoked"),
        is_401,
        "{text}"
    );
    assert_eq!(error.detail().is_some(), is_401, "{text}");
    assert!(is_401 || !text.contains("401"), "{text}");
}

#[tokio::test]
async fn the_errors_have_the_answer_that_has_suspended_delivery() -> Result<(), Error> {
    for answer in suspending() {
        let server = Raw::always(answer.reply.clone());
        let client = builder(server.url()).build()?;
        client.track(&seen())?;
        let error = client.flush().await.unwrap_err();
        let state = "delivery is suspended; nothing was lost, and 1 items stay queued";
        assert_reports(&error, &answer, state);
        let error = client.clone().blocking()?.flush().unwrap_err();
        assert_reports(&error, &answer, state);
        let error = client.shutdown(Duration::ZERO).await.unwrap_err();
        let state = "delivery was suspended until the shutdown, with undelivered items (1)";
        assert_reports(&error, &answer, state);
        assert!(!error.to_string().contains("nothing was lost"), "{error}");
        assert!(!client.stats().is_lossless());
    }
    Ok(())
}

#[tokio::test]
async fn the_error_of_a_covered_client_has_its_answer() -> Result<(), Error> {
    for answer in suspending() {
        let (well, server) = (Server::start().expect("a port"), answer.reply.clone());
        drop(well);
        let server = Raw::judging(move |request| {
            if request.contains("Bearer sk_1\r\n") {
                Reply::with(204, "", "")
            } else {
                server.clone()
            }
        });
        let client = builder(server.url()).build()?;
        let project = client.for_project("sk_2", None)?;
        project.track(&seen())?;
        project.flush().await.unwrap_err();
        let error = client.shutdown(Duration::ZERO).await.unwrap_err();
        let text = error.to_string();
        assert_eq!(error.kind(), answer.kind, "{text}");
        let state = "delivery of a client from `for_project` was suspended until the shutdown";
        let start = format!("postUserEvents: {}: {state}", answer.status);
        assert!(text.starts_with(&start), "{text}");
    }
    Ok(())
}

#[tokio::test]
async fn nothing_was_lost_is_claimed_only_if_it_is_true() -> Result<(), Error> {
    let server = Raw::always(Reply::with(401, "", ""));
    let queue = QueueOptions::default()
        .batch_age(Duration::ZERO)
        .max_events(2)
        .overflow(Overflow::DropNewest);
    let client = builder(server.url()).queue(queue).build()?;
    for _ in 0..5 {
        client.track(&seen())?;
    }
    let text = client.flush().await.unwrap_err().to_string();
    assert!(!text.contains("nothing was lost"), "{text}");
    let state = "2 items stay queued, and 3 were dropped or are of unknown outcome";
    assert!(text.contains(state), "{text}");
    Ok(())
}

#[tokio::test]
async fn a_suspended_client_with_a_spool_loses_nothing_at_shutdown() -> Result<(), Error> {
    let spool = tempfile::tempdir().expect("a folder");
    let server = Raw::always(Reply::with(401, "", ""));
    let spooled = SpoolOptions::new(spool.path());
    let client = builder(server.url()).spool(spooled).build()?;
    client.track(&seen())?;
    client.flush().await.unwrap_err();
    let stats = client.shutdown(Duration::ZERO).await?;
    assert!(stats.is_lossless(), "{stats}");
    assert_eq!((stats.pending(), stats.spooled()), (1, 1));
    Ok(())
}

/// The key of a project's client is not that of the environment.
#[tokio::test]
async fn the_errors_of_a_project_name_its_own_key() -> Result<(), Error> {
    for scoped in [None, Some(Uuid::from_u128(7))] {
        let server = Server::start().expect("a port");
        let project = server.client().for_project("sk_wrong", scoped)?;
        project.track(&seen())?;
        let blocking = project.blocking()?;
        for error in [
            project.send(&seen()).await.unwrap_err(),
            project.flush().await.unwrap_err(),
            blocking.flush().unwrap_err(),
            project.shutdown(Duration::ZERO).await.unwrap_err(),
        ] {
            let text = error.to_string();
            let advice = "check that the key that was passed to `for_project` belongs to ";
            assert_eq!(error.kind(), ErrorKind::Unauthorized, "{text}");
            assert_eq!(text.matches(advice).count(), 1, "{text}");
            for variable in ["LUNOGRAM_API_KEY", "LUNOGRAM_PROJECT_ID", "sk_wrong"] {
                assert!(!text.contains(variable), "{text}");
            }
            let id = scoped.map(|id| id.to_string()).unwrap_or_default();
            assert!(text.contains(&id), "{text}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn counts_show_whether_something_was_lost() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let queue = QueueOptions::default()
        .batch_age(Duration::from_secs(1_800))
        .max_events(2)
        .overflow(Overflow::DropNewest);
    let client = Client::builder(server.key()).base_url(server.url());
    let hook = |payload: &mut lunogram::hooks::Outgoing<'_>| match payload.name() {
        "debug" => lunogram::hooks::Decision::Drop,
        _ => lunogram::hooks::Decision::Send,
    };
    let client = client.queue(queue).before_send(hook).build()?;
    assert!(client.stats().is_lossless());
    client.track(&Event::new("debug").to("u"))?;
    assert!(
        client.stats().is_lossless(),
        "the application has dropped it"
    );
    client.track(&seen())?;
    assert!(!client.stats().is_lossless(), "it is in memory only");
    client.flush().await?;
    assert!(client.stats().is_lossless());
    for _ in 0..3 {
        client.track(&seen())?;
    }
    let stats = client.shutdown(Duration::from_secs(60)).await?;
    assert_eq!((stats.pending(), stats.delivered()), (0, 3), "{stats}");
    assert!(!stats.is_lossless());
    let debug = format!("{stats:?}");
    let start = "Stats { accepted: 5, delivered: 3, skipped: 0, dropped: {QueueFull: 1, BeforeSend: 1}, unknown: 0, pending: 0, ";
    assert!(debug.starts_with(start), "{debug}");
    assert!(debug.ends_with("is_held: false }"), "{debug}");
    Ok(())
}

#[tokio::test]
async fn an_upsert_on_its_way_at_shutdown_is_unknown() -> Result<(), Error> {
    let clock = Clock::new();
    let server = Server::builder().clock(&clock).start().expect("a port");
    server.inject(Fault::latency(Duration::from_secs(20)).always());
    let reported = Arc::<Mutex<Vec<String>>>::default();
    let (unknown, dropped) = (Arc::clone(&reported), Arc::clone(&reported));
    let client = Client::builder(server.key())
        .base_url(server.url())
        .clock(&clock)
        .on_unknown(move |payload| {
            let line = format!("{} is unknown", payload.name());
            unknown.lock().expect("no panic").push(line);
        })
        .on_drop(move |payload| {
            let line = format!("{}: {}", payload.name(), payload.reason());
            dropped.lock().expect("no panic").push(line);
        })
        .build()?;
    let sent = client.receipts().identify(&UpsertUserRequest::new("u"))?;
    clock.idle().await;
    // It waits for the first one.
    let waiting = client.receipts().identify(&UpsertUserRequest::new("u"))?;
    let stats = client.shutdown(Duration::ZERO).await?;
    assert_eq!(sent.now_or_never(), Some(Fate::Unknown));
    let fate = Fate::Dropped(DropReason::Shutdown);
    assert_eq!(waiting.now_or_never(), Some(fate));
    assert_eq!(
        (stats.unknown(), stats.dropped(), stats.pending()),
        (1, 1, 0)
    );
    assert!(!stats.is_lossless());
    let reported = reported.lock().expect("no panic");
    assert!(
        reported.contains(&"user is unknown".to_owned()),
        "{reported:?}"
    );
    assert_eq!(reported.len(), 2, "{reported:?}");
    Ok(())
}

/// An answer says that the server has not processed it.
#[tokio::test]
async fn an_upsert_that_was_not_processed_is_dropped_at_shutdown() -> Result<(), Error> {
    let (server, clock) = (Server::start().expect("a port"), Clock::new());
    server.inject(
        Fault::status(429)
            .retry_after(Duration::from_secs(60))
            .always(),
    );
    let client = Client::builder(server.key()).base_url(server.url());
    let client = client.clock(&clock).build()?;
    let receipt = client.receipts().identify(&UpsertUserRequest::new("u"))?;
    clock.idle().await;
    let stats = client.shutdown(Duration::ZERO).await?;
    assert_eq!((stats.unknown(), stats.dropped()), (0, 1), "{stats}");
    let fate = Fate::Dropped(DropReason::Shutdown);
    assert_eq!(receipt.now_or_never(), Some(fate));
    Ok(())
}

/// They could break a line of a log, or show its text in another order.
#[tokio::test]
async fn marks_in_a_text_of_the_server_do_not_reach_the_log() {
    let marks = "\u{61c}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\u{85}\u{7}";
    let body = serde_json::json!({"title": format!("a{marks}b"), "detail": format!("c{marks}d")});
    let server = Raw::always(Reply::json(400, &body.to_string()));
    let client = builder(server.url()).build().expect("a client");
    let error = client.send(&seen()).await.unwrap_err();
    let texts = [
        error.to_string(),
        format!("{error:?}"),
        error.title().unwrap_or_default().to_owned(),
        error.detail().unwrap_or_default().to_owned(),
    ];
    for text in texts {
        assert!(!text.contains(|c| marks.contains(c)), "{text:?}");
    }
    let spaces = " ".repeat(marks.chars().count());
    assert_eq!(error.title(), Some(&*format!("a{spaces}b")));
}
