//! Every future of this crate is `Send`, so that it can run in a spawned task, and every error is
//! `Send`, `Sync` and `'static`.
//!
//! For functions that return `impl Future + Send` the compiler checks this. All `async fn`s are
//! here.

use lunogram::inbox::{Channel, InboxQuery};
use lunogram::plan::{Plan, PlanError, PlanErrorKind};
use lunogram::testing::{Clock, Server};
use lunogram::{Client, Error, Invalid, UpsertUserRequest};
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
        let inbox = client.user_inbox("user_123");
        let mut pages = inbox.pages(InboxQuery::new(Channel::Inbox));
        pages.next_page().await?;
        let _ = client.shutdown(Duration::from_secs(60)).await?;
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
async fn a_plan_observes_a_server_in_a_task() -> Result<(), Failure> {
    let server = Server::start()?;
    let client = server.client();
    let task = tokio::spawn(async move { Plan::default().observe(&client).await });
    let error = task.await?.unwrap_err();
    // The client has no project, and the server reports observed events per project only.
    assert_eq!(error.kind(), PlanErrorKind::Server);
    Ok(())
}

#[test]
fn errors_are_send_sync_and_static() {
    fn assert_bounds<E: std::error::Error + Send + Sync + 'static>() {}
    assert_bounds::<Error>();
    assert_bounds::<Invalid>();
    assert_bounds::<PlanError>();
    assert!(Client::new("").map_err(Failure::from).is_err());
}
