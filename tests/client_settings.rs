//! Settings of a client.

use lunogram::queue::{Delivery, QueueOptions, SpoolOptions};
use lunogram::testing::Server;
use lunogram::{AnyEvent, Client, ClientBuilder, ErrorKind, Event, UpsertUserRequest};
use serde_json::json;
use std::collections::HashMap;
use std::ffi::OsString;
use std::time::Duration;

async fn upsert(client: &Client) {
    client
        .upsert_user(&UpsertUserRequest::new("u"))
        .await
        .expect("a success");
}

#[tokio::test]
async fn every_form_of_the_base_url_reaches_both_route_families() {
    let server = Server::start().expect("a port");
    for suffix in ["", "/", "/api", "/api/"] {
        let builder =
            || Client::builder(server.key()).base_url(format!("{}{suffix}", server.url()));
        upsert(&builder().build().expect("a client")).await;
        let scoped = builder()
            .project(server.project_id())
            .build()
            .expect("a client");
        upsert(&scoped).await;
    }
    let project = server.project_id();
    let requests = server.requests();
    let paths: Vec<&str> = requests
        .iter()
        .map(|request| request.path.as_str())
        .collect();
    let scoped = format!("/api/client/projects/{project}/users");
    assert_eq!(paths, ["/api/client/users", &scoped].repeat(4));
}

#[tokio::test]
async fn key_server_and_project_come_from_the_environment() {
    let server = Server::start().expect("a port");
    let project = server.project_id().to_string();
    let variables = |pairs: &[(&str, &str)]| {
        let map: HashMap<String, OsString> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).into()))
            .collect();
        ClientBuilder::from_lookup(move |name| map.get(name).cloned())
    };
    let builder = variables(&[
        ("LUNOGRAM_API_KEY", server.key()),
        ("LUNOGRAM_API_URL", server.url()),
    ]);
    upsert(&builder.expect("settings").build().expect("a client")).await;
    let mut pairs = vec![
        ("LUNOGRAM_API_KEY", server.key()),
        ("LUNOGRAM_API_URL", server.url()),
        ("LUNOGRAM_PROJECT_ID", &project),
    ];
    let builder = variables(&pairs).expect("settings");
    upsert(&builder.build().expect("a client")).await;
    pairs[2].1 = "";
    let builder = variables(&pairs).expect("settings");
    upsert(&builder.build().expect("a client")).await;
    let scoped = format!("/api/client/projects/{project}/users");
    let paths: Vec<String> = server
        .requests()
        .into_iter()
        .map(|sent| sent.path)
        .collect();
    assert_eq!(paths, ["/api/client/users", &scoped, "/api/client/users"]);

    pairs[2].1 = "s3cret";
    let error = variables(&pairs).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(
        error
            .to_string()
            .contains("LUNOGRAM_PROJECT_ID is not a UUID"),
        "{error}"
    );
    assert!(!error.to_string().contains("s3cret"), "{error}");
    for missing in [&[][..], &[("LUNOGRAM_API_KEY", "")]] {
        let error = variables(missing).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(
            error.to_string().contains("LUNOGRAM_API_KEY is not set"),
            "{error}"
        );
    }
}

#[test]
fn invalid_settings_are_refused_by_the_builder() {
    let builder = || Client::builder("sk_s3cret");
    for (builder, words) in [
        (Client::builder(""), "key is empty"),
        (Client::builder("sk_s3cret\n"), "key alone"),
        (Client::builder("sk_s3cret é"), "key alone"),
        (
            builder().base_url("s3cret"),
            "the base URL (LUNOGRAM_API_URL) is not a URL",
        ),
        (builder().base_url("http://s3cret.example"), "allow_http"),
        (
            builder().base_url("https://me:s3cret@example.com"),
            "password",
        ),
        (builder().timeout(Duration::ZERO), "time-out of zero"),
        (
            builder().connect_timeout(Duration::ZERO),
            "time-out of zero",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(words), "{error}");
        assert!(
            !format!("{error} {error:?}").contains("s3cret"),
            "{error:?}"
        );
        assert!(!error.is_retryable());
    }
    assert!(
        builder()
            .base_url("http://s3cret.example")
            .allow_http()
            .build()
            .is_ok()
    );
    assert!(builder().base_url("http://localhost:1").build().is_ok());
    assert!(
        builder().build().is_ok(),
        "the default is the platform's URL, which is https"
    );
}

#[tokio::test]
async fn an_http_client_of_the_application_is_used() {
    let server = lunogram_tests::raw::Raw::always(lunogram_tests::raw::Reply::with(204, "", ""));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let own = reqwest::Client::builder()
        .user_agent("our-proxy/1")
        .build()
        .expect("a client");
    let client = Client::builder("sk_1")
        .base_url(server.url())
        .http_client(own)
        .build()
        .expect("a client");
    client.delete_user("u").await.expect("it is gone");
    assert!(server.requests()[0].contains("user-agent: our-proxy/1"));
}

#[tokio::test]
async fn a_wrong_key_is_refused_and_clones_share_connections() {
    let server = Server::start().expect("a port");
    let stranger = Client::builder("sk_other")
        .base_url(server.url())
        .build()
        .expect("a client");
    let error = stranger.delete_user("u").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(error.to_string().contains("LUNOGRAM_API_KEY"), "{error}");
    let clone = server.client();
    upsert(&clone.clone()).await;
    upsert(&clone).await;
    assert_eq!(server.user("u").expect("a user").version, 1);
}

#[test]
fn every_kind_of_runtime_works() {
    let server = Server::start().expect("a port");
    let client = server.client();
    let current = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    current.block_on(upsert(&client));
    drop(current);
    let multi = tokio::runtime::Runtime::new().expect("a runtime");
    multi
        .block_on(async { tokio::spawn(async move { upsert(&client).await }).await })
        .expect("no panic");
    assert_eq!(server.user("u").expect("a user").version, 1);
}

#[test]
fn the_blocking_client_works_inside_and_outside_of_runtimes() {
    let server = Server::start().expect("a port");
    let client = lunogram::Client::builder(server.key())
        .base_url(server.url())
        .build()
        .and_then(|client| client.blocking())
        .expect("a client");
    let request = UpsertUserRequest::new("u");
    client.upsert_user(&request).expect("a success");
    let current = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    current
        .block_on(async { client.upsert_user(&request) })
        .expect("a success");
    let multi = tokio::runtime::Runtime::new().expect("a runtime");
    let clone = client.clone();
    multi
        .block_on(async {
            tokio::spawn(async move {
                clone.identify(&UpsertUserRequest::new("u"))?;
                clone.flush()
            })
            .await
        })
        .expect("no panic")
        .expect("a success");
    assert_eq!(server.user("u").expect("a user").version, 2);
    let _ = multi
        .block_on(async { client.shutdown(Duration::from_secs(60)) })
        .expect("a success");
    multi.block_on(async move { drop(client) });
}

#[test]
fn options_with_which_nothing_is_delivered_are_refused_by_the_builder() {
    let hour = Duration::from_secs(3_600);
    let queue = QueueOptions::default;
    for (options, words) in [
        (queue().max_events(0), "`max_events` is zero"),
        (queue().max_bytes(0), "`max_bytes` is zero"),
        (queue().batch_events(0), "`batch_events` is zero"),
        (
            queue().batch_bytes(0),
            "`batch_bytes` of 0; set at least 37",
        ),
        (
            queue().batch_bytes(36),
            "`batch_bytes` of 36; set at least 37",
        ),
        (queue().in_flight(0), "`in_flight` is 0; set the number"),
        (queue().in_flight(usize::MAX), "from 1 to 1024"),
        (queue().max_copies(0), "`max_copies` is zero"),
        (
            queue().requests_per_minute(0),
            "`requests_per_minute` is zero",
        ),
        (
            queue().event_deadline(Duration::ZERO),
            "`event_deadline` is 0ns",
        ),
        (
            queue().event_deadline(Duration::from_millis(500)),
            "`event_deadline` is 500ms and `batch_age` is 1s; set a longer",
        ),
        (queue().batch_age(hour), "`batch_age` is 3600s"),
        (queue().batch_age(Duration::MAX), "`batch_age`"),
        (queue().occurred_at(""), "has no name"),
        (queue().event_id(""), "has no name"),
    ] {
        let client = Client::builder("sk_1").queue(options.clone()).build();
        let error = client.expect_err(words);
        assert_eq!(error.kind(), ErrorKind::Config, "{options:?}");
        assert!(error.to_string().contains(words), "{error}");
        assert!(!error.is_retryable());
    }
    let spool = SpoolOptions::new("/nowhere").max_bytes(0);
    let client = Client::builder("sk_1").spool(spool).build();
    let error = client.expect_err("a spool without room");
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(
        error
            .to_string()
            .contains("`max_bytes` of the spool is zero"),
        "{error}"
    );
}

#[test]
fn the_least_options_with_which_events_are_delivered_are_accepted() {
    let queue = QueueOptions::default;
    let moment = Duration::from_nanos(1);
    for options in [
        queue().max_events(1).max_bytes(1).in_flight(1),
        queue().in_flight(1_024),
        queue().batch_age(Duration::ZERO).event_deadline(moment),
        queue()
            .batch_age(Duration::MAX)
            .event_deadline(Duration::MAX),
        // A batch of one event does not wait for others.
        queue().batch_events(1).event_deadline(moment),
        queue().delivery(Delivery::Isolated).event_deadline(moment),
    ] {
        let client = Client::builder("sk_1").queue(options.clone()).build();
        assert!(client.is_ok(), "{options:?}: {client:?}");
    }
    // The bound in the error text is the size of the smallest event that the client sends.
    let smallest = Event::new("a").matching(json!({"": 0}));
    let size = smallest.to_json().expect("a valid event").len();
    let least = queue().batch_bytes(size);
    assert!(Client::builder("sk_1").queue(least).build().is_ok());
    let less = queue().batch_bytes(size - 1);
    assert!(Client::builder("sk_1").queue(less).build().is_err());
}
