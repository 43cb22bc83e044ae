//! A process that runs one scenario of tracking and ends. `tests/runtimes.rs` starts it and waits
//! for it.
//!
//! Arguments: a scenario, and the URL and key of a server. It tracks events about the user `u`,
//! numbered from 0 in order.

use lunogram::queue::QueueOptions;
use lunogram::{Client, LunogramEvent, UpsertUserRequest, blocking};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

#[derive(LunogramEvent)]
struct Seen {
    #[lunogram(external_id)]
    user: &'static str,
    n: u64,
}

/// Far longer than any scenario takes, and shorter than the watchdog's limit.
const DEADLINE: Duration = Duration::from_secs(30);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [scenario, url, key] = &arguments[..] else {
        eprintln!("expected arguments: SCENARIO URL KEY");
        return ExitCode::FAILURE;
    };
    // Batches are sent only when flushed, so every event that arrives was flushed.
    let queue = QueueOptions::default().batch_age(Duration::from_secs(1_800));
    let builder = Client::builder(key.as_str())
        .base_url(url.as_str())
        .queue(queue);
    if scenario == "blocking" {
        blocking_inside_runtimes(
            &builder
                .build()
                .and_then(|client| client.blocking())
                .expect("a client"),
        );
        return ExitCode::SUCCESS;
    }
    let builder = match std::env::var_os("LUNOGRAM_SCENARIO_SPOOL") {
        Some(folder) => builder.spool(std::path::PathBuf::from(folder)),
        None => builder,
    };
    let client = builder.build().expect("a client");
    match scenario.as_str() {
        "current_thread" => inside(&current_thread(), &client),
        "one_worker" => inside(&workers(1), &client),
        "many_workers" => inside(&workers(8), &client),
        "no_runtime" => {
            track(&client, 0);
            park_until(client.flush()).expect("not held");
            track(&client, 1);
            end(&client);
        }
        "runtime_gone" => runtime_gone(&client),
        "cancelled" => cancelled(&client),
        "stuck_disk" => stuck_disk(&client),
        "drop" => {
            drop(TrackOnDrop(client.clone(), 0));
            current_thread().block_on(async { drop(TrackOnDrop(client.clone(), 1)) });
            end(&client);
        }
        "unwinding" => unwinding(&client),
        "thread_local" => thread_locals(&client),
        "first_in_thread_local" => first_in_thread_local(&client),
        "exit" => track_three(&client),
        "exit_after_shutdown" => {
            track_three(&client);
            end(&client);
        }
        "exit_with_static" | "exit_with_static_after_shutdown" => in_static(scenario, client),
        "process_exit" => {
            track_three(&client);
            std::process::exit(0);
        }
        "exit_with_thread_local" => {
            // Its destructor runs after `main` and drops the last client.
            keep(TrackOnDrop(client, 0));
        }
        "exit_inside_runtime" => workers(2).block_on(async move {
            track_three(&client);
            std::process::exit(0);
        }),
        _ => {
            eprintln!("unknown scenario: {scenario}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn track(client: &Client, n: u64) {
    client.track(&Seen { user: "u", n }).expect("room");
}

fn track_three(client: &Client) {
    (0..3).for_each(|n| track(client, n));
}

/// Shuts down without a runtime.
fn end(client: &Client) {
    let stats = park_until(client.shutdown(DEADLINE)).expect("not held");
    assert_eq!(stats.delivered(), stats.accepted(), "{stats}");
}

/// The disk never finishes a sync. Nothing is lost with the process: the events were handed to the
/// operating system.
fn stuck_disk(client: &Client) {
    track_three(client);
    let stats = park_until(client.shutdown(Duration::ZERO)).expect("not held");
    assert_eq!((stats.accepted(), stats.spooled()), (3, 3), "{stats}");
    let blocking = client.blocking().expect("a thread");
    let again = blocking.shutdown(Duration::ZERO).expect("not held");
    assert_eq!(again.spooled(), 3, "{again}");
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().build().expect("a runtime")
}

fn workers(count: usize) -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(count).build().expect("a runtime")
}

/// Tracks on the thread that blocks on the runtime, and in a task of the runtime.
fn inside(runtime: &Runtime, client: &Client) {
    runtime.block_on(async {
        track(client, 0);
        client.flush().await.expect("not held");
        let other = client.clone();
        let task = tokio::spawn(async move {
            track(&other, 1);
            other.flush().await.expect("not held");
            track(&other, 2);
            other.shutdown(DEADLINE).await.expect("not held")
        });
        let stats = task.await.expect("no panic");
        assert_eq!((stats.delivered(), stats.pending()), (3, 0));
        let again = client.shutdown(DEADLINE).await;
        assert_eq!(again.expect("not held"), stats);
    });
}

/// The runtime that was entered when the worker was started ends, and delivery goes on.
fn runtime_gone(client: &Client) {
    let runtime = workers(1);
    runtime.block_on(async { track(client, 0) });
    runtime.shutdown_background();
    track(client, 1);
    let runtime = current_thread();
    runtime.block_on(client.flush()).expect("not held");
    drop(runtime);
    track(client, 2);
    end(client);
}

/// Cancelling `flush` and `shutdown` does not affect delivery.
fn cancelled(client: &Client) {
    track(client, 0);
    let runtime = current_thread();
    runtime.block_on(async {
        let flush = tokio::spawn({
            let client = client.clone();
            async move { client.flush().await }
        });
        tokio::task::yield_now().await;
        flush.abort();
        let _ = flush.await;
    });
    track(client, 1);
    let mut context = Context::from_waker(Waker::noop());
    {
        let mut shutdown = pin!(client.shutdown(DEADLINE));
        let _ = shutdown.as_mut().poll(&mut context);
    }
    end(client);
}

fn unwinding(client: &Client) {
    let panics = |tracks: TrackOnDrop| {
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let _tracks = tracks;
            // Unlike `panic!`, prints nothing to stderr.
            resume_unwind(Box::new("on purpose"));
        }));
        caught.expect_err("it panicked");
    };
    panics(TrackOnDrop(client.clone(), 0));
    current_thread().block_on(async {
        let tracks = TrackOnDrop(client.clone(), 1);
        let task = tokio::spawn(async move {
            let _tracks = tracks;
            resume_unwind(Box::new("on purpose"));
        });
        task.await.expect_err("it panicked");
    });
    end(client);
}

/// The destructor runs before the crate's own thread-local is destroyed, and in the second thread
/// after it.
fn thread_locals(client: &Client) {
    let own = client.clone();
    let first = thread::spawn(move || {
        track(&own, 0);
        keep(TrackOnDrop(own, 1));
    });
    first.join().expect("no panic");
    let own = client.clone();
    let second = thread::spawn(move || {
        keep(TrackOnDrop(own.clone(), 3));
        track(&own, 2);
    });
    second.join().expect("no panic");
    end(client);
}

/// The worker is started by a destructor of a thread that ends.
fn first_in_thread_local(client: &Client) {
    let own = client.clone();
    let thread = thread::spawn(move || keep(TrackOnDrop(own, 0)));
    thread.join().expect("no panic");
    end(client);
}

fn in_static(scenario: &str, client: Client) {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    let client = CLIENT.get_or_init(|| client);
    track_three(client);
    if scenario == "exit_with_static_after_shutdown" {
        end(client);
    }
}

/// Uses a blocking client inside of runtimes, whose threads must not block.
fn blocking_inside_runtimes(client: &blocking::Client) {
    let track = |n| {
        client
            .waiting()
            .track(&Seen { user: "u", n })
            .expect("room");
        client.flush().expect("not held");
    };
    track(0);
    current_thread().block_on(async { track(1) });
    workers(1).block_on(async { track(2) });
    let runtime = workers(2);
    let own = client.clone();
    let task = runtime.spawn(async move {
        own.send(&Seen { user: "u", n: 3 }).expect("no faults");
        own.upsert_user(&UpsertUserRequest::new("u"))
            .expect("no faults");
        own.track(&Seen { user: "u", n: 4 }).expect("room");
        own.shutdown(DEADLINE).expect("not held")
    });
    let stats = park_until(task).expect("no panic");
    assert_eq!(stats.delivered(), 4, "{stats}");
}

/// Tracks an event when it is dropped.
struct TrackOnDrop(Client, u64);

impl Drop for TrackOnDrop {
    fn drop(&mut self) {
        track(&self.0, self.1);
    }
}

thread_local! {
    static KEPT: RefCell<Option<TrackOnDrop>> = const { RefCell::new(None) };
}

/// Keeps the value until the thread ends.
fn keep(tracks: TrackOnDrop) {
    KEPT.set(Some(tracks));
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// A minimal executor.
fn park_until<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
