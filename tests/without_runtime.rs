//! The async client on a thread without a tokio runtime: calls that need one say so, and the others
//! work.

use lunogram::inbox::{Channel, InboxQuery, NewInboxMessage};
use lunogram::push::Device;
use lunogram::queue::{Fate, Overflow, QueueOptions};
use lunogram::session::OwnTraits;
use lunogram::testing::{Clock, Server};
use lunogram::{
    Client, Error, ErrorKind, Event, Membership, ScheduleKey, ScheduleRequest,
    UpsertOrganizationRequest, UpsertUserRequest,
};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;
use uuid::Uuid;

const LONG: Duration = Duration::from_secs(60);

fn seen() -> Event {
    Event::new("seen").to("u")
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Polls a future on this thread, without any runtime.
fn poll_here<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

/// The result of an answered call that is polled here.
fn outcome<T>(call: impl Future<Output = Result<T, Error>>) -> Result<(), Error> {
    poll_here(call).map(drop)
}

/// The results of all answered calls of a client.
fn answered(client: &Client) -> Vec<Result<(), Error>> {
    let membership = Membership::of_user("u").in_organization("o");
    let device = Device::android("phone", "fcm");
    let message = NewInboxMessage::new("1", Channel::Inbox).to("u");
    let inbox = client.user_inbox("u");
    let session = client.with_session("st_1", "u").expect("a token");
    let query = InboxQuery::new(Channel::Inbox);
    let method = Uuid::from_u128(1);
    vec![
        outcome(client.send(&seen())),
        outcome(client.send_all(&[seen(), seen()])),
        outcome(client.upsert_user(&UpsertUserRequest::new("u"))),
        outcome(client.delete_user("u")),
        outcome(client.upsert_organization(&UpsertOrganizationRequest::new("o"))),
        outcome(client.delete_organization("o")),
        outcome(client.add_organization_user(&membership)),
        outcome(client.remove_organization_user(&membership)),
        outcome(client.schedule(&ScheduleRequest::every("reminder", "u", "1h"))),
        outcome(client.unschedule(ScheduleKey::named("reminder", "u"))),
        outcome(client.register_device("u", &device)),
        outcome(client.vapid_public_key()),
        outcome(client.create_session(method, "u")),
        outcome(client.post_inbox_messages(&[message])),
        outcome(inbox.page(&query)),
        outcome(inbox.pages(query).next_page()),
        outcome(inbox.count(Channel::Inbox)),
        outcome(inbox.mark_read([Uuid::nil()])),
        outcome(inbox.archive([Uuid::nil()])),
        outcome(client.organization_inbox("o").count(Channel::Inbox)),
        outcome(session.send(&Event::new("seen"))),
        outcome(session.upsert_user(&OwnTraits::new().locale("nl-NL"))),
        outcome(session.register_device(&device)),
    ]
}

#[test]
fn an_answered_call_is_an_error_that_says_what_to_do() {
    let server = Server::start().expect("a port");
    let clock = Clock::new();
    let builder = Client::builder(server.key()).base_url(server.url());
    for client in [builder.clone(), builder.clock(&clock)] {
        let client = client.build().expect("a client");
        for outcome in answered(&client) {
            let error = outcome.expect_err("no runtime");
            assert_eq!(error.kind(), ErrorKind::Config, "{error}");
            assert!(error.operation().is_some(), "{error}");
            assert!(!error.is_retryable() && !error.may_have_arrived());
            assert_eq!(error.attempts(), 1);
            let text = error.to_string();
            for part in ["no tokio runtime", "#[tokio::main]", "Client::blocking"] {
                assert!(text.contains(part), "{text}");
            }
        }
    }
    assert!(server.requests().is_empty());
}

#[test]
fn a_failed_deletion_releases_what_it_has_held_back() {
    let server = Server::start().expect("a port");
    let client = server.client();
    outcome(client.delete_user("u")).expect_err("no runtime");
    client.track(&seen()).expect("room");
    outcome(client.flush()).expect("not held");
    assert_eq!(client.stats().delivered(), 1);
}

#[test]
fn the_queue_needs_no_runtime() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let queue = QueueOptions::default()
        .max_events(1)
        .batch_age(Duration::ZERO)
        .overflow(Overflow::Wait);
    let builder = Client::builder(server.key()).base_url(server.url());
    let client = builder.queue(queue).build()?;
    let session = client.with_session("st_1", "u")?;
    outcome(session.flush())?;
    for _ in 0..3 {
        poll_here(client.waiting().track(&seen()))?;
    }
    poll_here(client.waiting().identify(&UpsertUserRequest::new("u")))?;
    let receipt = poll_here(client.waiting().receipts().track(&seen()))?;
    assert_eq!(poll_here(receipt), Fate::Delivered);
    outcome(client.flush())?;
    let receipt = client.receipts().track(&seen())?;
    let stats = poll_here(client.shutdown(LONG))?;
    assert_eq!((stats.delivered(), stats.pending()), (6, 0));
    assert_eq!(poll_here(receipt), Fate::Delivered);
    Ok(())
}

#[test]
fn a_call_can_be_awaited_in_a_runtime_after_one_failed_here() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let client = server.client();
    outcome(client.send(&seen())).expect_err("no runtime");
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().expect("a runtime");
    runtime.block_on(client.send(&seen()))?;
    // Entering a runtime is enough if one of its threads drives it.
    let threads = tokio::runtime::Runtime::new().expect("a runtime");
    let _entered = threads.enter();
    outcome(server.client().send(&seen()))?;
    assert_eq!(server.requests().len(), 2);
    Ok(())
}
