//! The disabled client: it checks, succeeds, and sends nothing.

use chrono::{DateTime, Utc};
use lunogram::inbox::{Channel, InboxQuery, NewInboxMessage};
use lunogram::push::Device;
use lunogram::session::OwnTraits;
use lunogram::{
    Client, Error, ErrorKind, Event, Identifier, LunogramEvent, Membership, Schedule, ScheduleKey,
    ScheduleRequest, Sink, UpsertOrganizationRequest, UpsertUserRequest, blocking,
};
use lunogram_tests::wire::paths;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

#[derive(LunogramEvent)]
struct Viewed<'a> {
    #[lunogram(external_id)]
    user: &'a str,
}

#[derive(Schedule)]
#[lunogram(interval = "168h")]
struct WeeklyDigest<'a> {
    #[lunogram(external_id)]
    user: &'a str,
}

#[tokio::test]
async fn calls_without_data_in_their_answer_succeed() -> Result<(), Error> {
    let client = Client::disabled();
    client.send(&Viewed { user: "jane" }).await?;
    client
        .send_all(&[Event::new("viewed").matching(json!({"plan": "pro"}))])
        .await?;
    client.delete_user("jane").await?;
    client.delete_organization("acme").await?;
    let membership = Membership::of_user("jane").in_organization("acme");
    client.add_organization_user(&membership).await?;
    client.remove_organization_user(&membership).await?;
    client.unschedule(WeeklyDigest::of("jane")).await?;
    let review = ScheduleKey::named("review", "acme").organization();
    client.unschedule(review).await?;
    client
        .register_device("jane", &Device::android("phone", "fcm"))
        .await?;
    let message = NewInboxMessage::new("1", Channel::Inbox).to("jane");
    client.post_inbox_messages(&[message]).await?;
    for inbox in [client.user_inbox("jane"), client.organization_inbox("acme")] {
        inbox.mark_read([Uuid::nil()]).await?;
        inbox.archive([Uuid::nil()]).await?;
        assert_eq!(inbox.count(Channel::Inbox).await?.total, 0);
        let query = InboxQuery::new(Channel::Inbox).limit(7);
        let page = inbox.page(&query).await?;
        assert_eq!((page.results.len(), page.limit, page.offset), (0, 7, 0));
        assert!(inbox.pages(query).next_page().await?.is_none());
    }
    Ok(())
}

#[tokio::test]
async fn upserts_and_schedules_answer_with_what_was_sent() -> Result<(), Error> {
    let client = Client::disabled();
    let ids = [
        Identifier::new("jane"),
        Identifier::new("cus_1")
            .source("stripe")
            .metadata(json!({"live": true})),
    ];
    let request = UpsertUserRequest::new(ids)
        .email("jane@example.com")
        .data(json!({"plan": "pro", "ratio": 0.1}));
    let user = client.upsert_user(&request).await?;
    let stored: Vec<_> = user
        .identifier
        .iter()
        .map(|id| (&*id.source, &*id.external_id, json!(id.metadata)))
        .collect();
    assert_eq!(
        stored,
        [
            ("default", "jane", json!({})),
            ("stripe", "cus_1", json!({"live": true}))
        ]
    );
    assert_eq!(user.email.as_deref(), Some("jane@example.com"));
    assert_eq!(json!(user.data), json!({"plan": "pro", "ratio": 0.1}));
    assert_eq!((user.id, user.version), (Uuid::nil(), 0));
    client.delete_user(&user).await?;

    let request = UpsertOrganizationRequest::new("acme").name("Acme");
    let acme = client.upsert_organization(&request).await?;
    assert_eq!(acme.name.as_deref(), Some("Acme"));
    assert!(acme.data.is_empty());

    let at: DateTime<Utc> = "2027-01-02T03:04:05Z".parse().expect("a moment");
    let once = ScheduleRequest::at("trial_end", "jane", at);
    let accepted = client.schedule(&once.data(json!({"plan": "pro"}))).await?;
    assert_eq!((&*accepted.name, accepted.scheduled_at), ("trial_end", at));
    assert_eq!(json!(accepted.data), json!({"plan": "pro"}));
    let later = ScheduleRequest::every("review", "jane", "1 month").start_at(at);
    assert_eq!(client.schedule(&later).await?.scheduled_at, at);
    let before = Utc::now();
    let accepted = client.schedule(&WeeklyDigest { user: "jane" }).await?;
    assert!(accepted.scheduled_at >= before);
    Ok(())
}

#[tokio::test]
async fn what_only_a_server_can_issue_is_an_error() {
    let client = Client::disabled();
    let token = client.create_session(Uuid::nil(), "jane").await;
    let token = token.expect_err("no token is made up");
    assert_eq!(token.kind(), ErrorKind::Disabled);
    assert_eq!(token.operation(), Some("createSession"));
    assert!(!token.is_retryable() && !token.may_have_arrived());
    let text = token.to_string();
    assert!(text.contains("the client is disabled"), "{text}");
    let key = client.vapid_public_key().await;
    let key = key.expect_err("no key is made up");
    assert_eq!(key.kind(), ErrorKind::Disabled);
}

#[tokio::test]
async fn invalid_payloads_are_refused() {
    let client = Client::disabled();
    let invalid = Viewed { user: "" };
    let path = ["identifier[0].external_id"];
    assert_eq!(paths(&client.send(&invalid).await), path);
    assert_eq!(paths(&client.track(&invalid)), path);
    assert_eq!(paths(&client.waiting().track(&invalid).await), path);
    let jane = UpsertUserRequest::new("jane").email("jane");
    assert_eq!(paths(&client.upsert_user(&jane).await), ["email"]);
    assert_eq!(paths(&client.identify(&jane)), ["email"]);
    assert_eq!(paths(&client.waiting().identify(&jane).await), ["email"]);
    let never = ScheduleRequest::every("never", "jane", "0 days");
    assert_eq!(paths(&client.schedule(&never).await), ["interval"]);
}

#[tokio::test]
async fn nothing_is_queued_or_counted() -> Result<(), Error> {
    let client = Client::disabled();
    let sink: Arc<dyn Sink> = Arc::new(client.clone());
    sink.track(&Viewed { user: "jane" })?;
    sink.identify(&UpsertUserRequest::new("jane"))?;
    client.waiting().track(&Viewed { user: "jane" }).await?;
    client.flush().await?;
    assert_eq!(client.stats().accepted(), 0);
    let stats = client.shutdown(Duration::from_secs(60)).await?;
    assert_eq!(stats, client.stats());
    let late = client.track(&Viewed { user: "jane" }).unwrap_err();
    assert_eq!(late.kind(), ErrorKind::ShutDown);
    client.send(&Viewed { user: "jane" }).await
}

#[tokio::test]
async fn a_session_of_a_disabled_client_is_disabled() -> Result<(), Error> {
    let client = Client::disabled();
    let session = client.with_session("token", "jane")?;
    session.track(&Event::new("viewed"))?;
    let user = session
        .upsert_user(&OwnTraits::new().locale("nl-NL"))
        .await?;
    assert_eq!(user.identifier[0].external_id, "jane");
    let _ = session.shutdown(Duration::ZERO).await?;
    client.track(&Viewed { user: "jane" })
}

#[test]
fn the_blocking_face_needs_no_runtime() -> Result<(), Error> {
    let client = Client::disabled();
    client.track(&Viewed { user: "jane" })?;
    for client in [client.blocking()?, blocking::Client::disabled()] {
        client.upsert_user(&UpsertUserRequest::new("jane"))?;
        client.send(&Viewed { user: "jane" })?;
        client.waiting().track(&Viewed { user: "jane" })?;
        client.flush()?;
        let inbox = client.user_inbox("jane");
        let mut pages = inbox.pages(InboxQuery::new(Channel::Inbox));
        assert!(pages.next().is_none());
        client
            .with_session("token", "jane")?
            .send(&Event::new("viewed"))?;
        let token = client.create_session(Uuid::nil(), "jane").unwrap_err();
        assert_eq!(token.kind(), ErrorKind::Disabled);
        assert_eq!(client.shutdown(Duration::from_secs(60))?.accepted(), 0);
        assert_eq!(format!("{client:?}"), "Client(disabled)");
    }
    Ok(())
}
