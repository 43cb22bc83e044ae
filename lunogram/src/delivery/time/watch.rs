//! Whether a worker has nothing to do: its thread sleeps although it was asked, and no answer from outside is awaited.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use tokio::sync::Notify;

#[derive(Debug)]
pub(crate) struct Watch {
    /// How often the worker was asked whether it rests.
    asked: AtomicU64,
    /// Up to which question it was awake: whatever was given to it before that question, it has looked at.
    heard: AtomicU64,
    /// Up to which question it rests.
    rests: AtomicU64,
    /// Requests on their way.
    outside: AtomicU64,
    question: Notify,
    rested: Arc<Notify>,
}

impl Watch {
    pub(super) fn new(rested: Arc<Notify>) -> Self {
        Self {
            asked: AtomicU64::new(0),
            heard: AtomicU64::new(0),
            rests: AtomicU64::new(0),
            outside: AtomicU64::new(0),
            question: Notify::new(),
            rested,
        }
    }

    /// Asks the worker whether it rests; the answer is [`rests_since`](Self::rests_since) the number that this gives.
    pub(super) fn ask(&self) -> u64 {
        let number = self.asked.fetch_add(1, Ordering::AcqRel) + 1;
        self.question.notify_one();
        number
    }

    pub(super) fn rests_since(&self, number: u64) -> bool {
        self.rests.load(Ordering::Acquire) >= number
    }

    /// Runs the future, and hears the questions meanwhile.
    pub(super) async fn over<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        let mut questions = pin!(async {
            loop {
                let asked = self.asked.load(Ordering::Acquire);
                self.heard.store(asked, Ordering::Release);
                self.question.notified().await;
            }
        });
        poll_fn(|context| {
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                return Poll::Ready(output);
            }
            questions.as_mut().poll(context).map(|never: T| never)
        })
        .await
    }

    /// The worker's thread is about to sleep: no task of its is ready.
    pub(super) fn parks(&self) {
        let heard = self.heard.load(Ordering::Acquire);
        let waits = self.outside.load(Ordering::Acquire) > 0;
        if !waits && self.rests.swap(heard, Ordering::AcqRel) < heard {
            self.rested.notify_waiters();
        }
    }

    pub(super) fn outside(&self) -> Outside<'_> {
        self.outside.fetch_add(1, Ordering::AcqRel);
        Outside(self)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.rested.notify_waiters();
    }
}

/// Something that the worker waits for, and that comes from elsewhere.
pub(super) struct Outside<'w>(&'w Watch);

impl Drop for Outside<'_> {
    fn drop(&mut self) {
        self.0.outside.fetch_sub(1, Ordering::AcqRel);
    }
}
