//! Whatever a client does can be done in a task that moves between threads, and its errors can be handed on from there.
//!
//! Functions that return `impl Future + Send` say so themselves; the others, `async fn`s, are all here.

use lunogram::plan::{Plan, PlanError, PlanErrorKind};
use lunogram::testing::{Clock, Server};
use lunogram::{Channel, Client, Error, InboxQuery, Invalid, UpsertUserRequest};
use std::time::Duration;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_client_works_in_a_task() -> Result<(), Failure> {
    let server = Server::start()?;
    let client = server.client();
    let task = tokio::spawn(async move {
        client
            .upsert_user(&UpsertUserRequest::new("user_123"))
            .await?;
        client.flush().await?;
        let inbox = InboxQuery::new("user_123", Channel::Inbox);
        client.get_user_inbox_pages(inbox).next_page().await?;
        client.shutdown(Duration::from_secs(60)).await?;
        Ok::<_, Failure>(())
    });
    task.await?
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_server_and_its_clock_work_in_a_task() -> Result<(), Failure> {
    let task = tokio::spawn(async move {
        let server = Server::start()?;
        assert_eq!(Clock::new().idle().await, None);
        assert!(
            server
                .wait_for(Duration::ZERO, |server| server.lost().is_empty())
                .await
        );
        Ok::<_, Failure>(())
    });
    task.await?
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_plan_is_held_against_a_server_in_a_task() -> Result<(), Failure> {
    let server = Server::start()?;
    let client = server.client();
    let task = tokio::spawn(async move { Plan::default().observe(&client).await });
    let error = task.await?.unwrap_err();
    // This client knows of no project, of which alone a server tells.
    assert_eq!(error.kind(), PlanErrorKind::Server);
    Ok(())
}

#[test]
fn errors_are_handed_on() {
    fn is_handed_on<E: std::error::Error + Send + Sync + 'static>() {}
    is_handed_on::<Error>();
    is_handed_on::<Invalid>();
    is_handed_on::<PlanError>();
    assert!(Client::new("").map_err(Failure::from).is_err());
}
