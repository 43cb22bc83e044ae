//! `shutdown` and `flush` return in time, whatever holds up the delivery thread.

use lunogram::hooks::Dropped;
use lunogram::queue::{DropReason, Fate, Overflow, QueueOptions, Stats};
use lunogram::testing::{Clock, Fault, Server};
use lunogram::{Client, ClientBuilder, Error, ErrorKind, Event};
use lunogram_tests::watched::{TOO_LONG, watched};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;
use tokio::time::timeout;

fn seen() -> Event {
    Event::new("seen").to("u")
}

/// The other end of a hook that does not return before this is dropped.
struct Gate {
    open: Option<Sender<()>>,
    entered: Receiver<()>,
}

impl Gate {
    /// A hook for `on_drop` that reports its call, and returns when the gate is open.
    fn hook() -> (impl Fn(&Dropped<'_>) + Send + Sync + 'static, Self) {
        let (open, gate) = channel::<()>();
        let (enter, entered) = channel();
        let ends = Mutex::new((enter, gate));
        let hook = move |_: &Dropped<'_>| {
            let ends = ends.lock().expect("no panic");
            let _ = ends.0.send(());
            // Ends when the gate is dropped.
            let _ = ends.1.recv();
        };
        let open = Some(open);
        (hook, Self { open, entered })
    }

    /// Waits until a hook is held up.
    fn entered(&self) {
        self.entered.recv_timeout(TOO_LONG).expect("a hook");
    }

    fn open(&mut self) {
        self.open.take();
    }
}

/// A client whose first event is refused, so that its hook holds up the delivery thread.
fn held_up(server: &Server) -> (ClientBuilder, Gate) {
    server.inject(Fault::status(400));
    let (hook, gate) = Gate::hook();
    let queue = QueueOptions::default().batch_age(Duration::ZERO);
    let builder = Client::builder(server.key()).base_url(server.url());
    (builder.queue(queue).on_drop(hook), gate)
}

/// The result of a call that must not hang.
async fn in_time<T>(call: impl Future<Output = T>) -> T {
    timeout(TOO_LONG, call).await.expect("it hangs")
}

/// Waits until the delivery has ended, and returns the final counts.
async fn ended(client: &Client) -> Stats {
    in_time(client.shutdown(TOO_LONG)).await.expect("not held")
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_a_hook() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let (builder, mut gate) = held_up(&server);
    let client = builder.build()?;
    client.track(&seen())?;
    gate.entered();
    let receipt = client.receipts().track(&seen())?;
    let stats = in_time(client.shutdown(Duration::ZERO)).await?;
    assert_eq!((stats.accepted(), stats.pending()), (2, 2), "{stats}");
    let error = client.track(&seen()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ShutDown);
    // A second one neither waits for longer nor fails.
    let again = in_time(client.shutdown(Duration::ZERO)).await?;
    assert_eq!(again, stats);

    gate.open();
    let stats = ended(&client).await;
    assert_eq!(stats.dropped_because(DropReason::Refused), 1, "{stats}");
    assert_eq!(stats.dropped_because(DropReason::Shutdown), 1, "{stats}");
    assert_eq!(in_time(receipt).await, Fate::Dropped(DropReason::Shutdown));
    Ok(())
}

#[test]
fn a_blocking_shutdown_does_not_wait_for_a_hook() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let (builder, mut gate) = held_up(&server);
    let client = builder.build()?.blocking()?;
    client.track(&seen())?;
    gate.entered();
    let ending = client.clone();
    let stats = watched(move || ending.shutdown(Duration::ZERO))?;
    assert_eq!(stats.pending(), 1, "{stats}");
    gate.open();
    assert_eq!(client.shutdown(TOO_LONG)?.pending(), 0);
    Ok(())
}

/// The hook is called when the rest is dropped at the deadline.
#[tokio::test]
async fn a_shutdown_does_not_wait_for_hooks_about_the_rest() -> Result<(), Error> {
    let (server, clock) = (Server::start().expect("a port"), Clock::new());
    let (hook, mut gate) = Gate::hook();
    let builder = Client::builder(server.key()).base_url(server.url());
    let client = builder.clock(&clock).on_drop(hook).build()?;
    for _ in 0..9 {
        client.track(&seen())?;
    }
    let stats = in_time(client.shutdown(Duration::ZERO)).await?;
    assert_eq!((stats.accepted(), stats.pending()), (9, 9), "{stats}");
    gate.entered();
    gate.open();
    assert_eq!(ended(&client).await.dropped(), 9);
    Ok(())
}

#[tokio::test]
async fn with_a_clock_the_deadline_is_that_of_the_clock() -> Result<(), Error> {
    let (server, clock) = (Server::start().expect("a port"), Clock::new());
    let (builder, mut gate) = held_up(&server);
    let client = builder.clock(&clock).build()?;
    client.track(&seen())?;
    gate.entered();
    let ending = tokio::spawn(client.shutdown(Duration::from_secs(3_600)));
    let is_ended = || ending.is_finished();
    for _ in 0..9 {
        tokio::task::yield_now().await;
    }
    clock.advance(Duration::from_secs(3_599));
    for _ in 0..9 {
        tokio::task::yield_now().await;
    }
    assert!(!is_ended());
    clock.advance(Duration::from_secs(1));
    let stats = in_time(ending).await.expect("no panic")?;
    assert_eq!(stats.pending(), 1, "{stats}");
    gate.open();
    assert_eq!(ended(&client).await.pending(), 0);
    Ok(())
}

/// A wait for the deadline is no reason for a test to advance its clock.
#[tokio::test]
async fn a_shutdown_that_nothing_polls_does_not_keep_the_clock_busy() -> Result<(), Error> {
    let (server, clock) = (Server::start().expect("a port"), Clock::new());
    server.inject(Fault::status(503).always());
    let builder = Client::builder(server.key()).base_url(server.url());
    let client = builder.clock(&clock).build()?;
    client.track(&seen())?;
    let mut ending = std::pin::pin!(client.shutdown(Duration::from_secs(1)));
    tokio::select! {
        biased;
        _ = &mut ending => panic!("it waits for the deadline"),
        () = std::future::ready(()) => {}
    }
    while client.stats().pending() > 0 {
        let next = in_time(clock.idle()).await;
        clock.advance(next.unwrap_or_default());
    }
    let stats = in_time(ending).await?;
    assert_eq!((stats.delivered(), stats.pending()), (0, 0), "{stats}");
    assert_eq!(in_time(clock.idle()).await, None);
    Ok(())
}

#[tokio::test]
async fn flush_and_waiting_calls_end_with_a_shutdown_that_gives_up() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let (builder, mut gate) = held_up(&server);
    let queue = QueueOptions::default()
        .max_events(1)
        .batch_age(Duration::ZERO)
        .overflow(Overflow::Wait);
    let client = builder.queue(queue).build()?;
    client.track(&seen())?;
    gate.entered();
    let (flushed, waited) = (client.flush(), client.waiting().track(&seen()));
    let ending = client.shutdown(Duration::ZERO);
    let calls = async { tokio::join!(flushed, waited, ending) };
    let (flushed, waited, stats) = in_time(calls).await;
    assert_eq!(stats?.pending(), 1);
    for error in [flushed.unwrap_err(), waited.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::ShutDown, "{error}");
    }
    let error = in_time(client.flush()).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("a hook or the disk holds up"), "{text}");
    gate.open();
    let _ = ended(&client).await;
    in_time(client.flush()).await
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_a_hook_of_a_project() -> Result<(), Error> {
    let server = Server::builder().any_key().start().expect("a port");
    let (builder, mut gate) = held_up(&server);
    let client = builder.build()?;
    let project = client.for_project("sk_2", None)?;
    project.track(&seen())?;
    gate.entered();
    let error = in_time(client.shutdown(Duration::ZERO)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ShutDown, "{error}");
    let text = error.to_string();
    assert!(
        text.contains("`for_project` still had undelivered items (1)"),
        "{text}"
    );
    gate.open();
    assert_eq!(ended(&project).await.dropped(), 1);
    assert_eq!(ended(&client).await.accepted(), 0);
    Ok(())
}
