//! The dispatcher of a queue: decides when a request leaves, collects it from the lanes, and starts
//! its delivery.

use super::Sender;
use super::candidates::{Candidates, Due, Work};
use super::in_flight::{InFlightBatch, InFlightUpsert};
use crate::clock::{Either, either};
use crate::delivery::control::Ask;
use std::sync::Arc;
use tokio::task::JoinSet;
use tokio::time::Instant;

pub(super) struct Dispatcher {
    sender: Arc<Sender>,
    candidates: Candidates,
    /// One task for each batch and each upsert in flight.
    deliveries: JoinSet<()>,
    /// When to look next for queued payloads that have expired.
    expires_at: Instant,
}

impl Dispatcher {
    pub(super) fn new(sender: Arc<Sender>) -> Self {
        let lanes = sender.queue.slots().len();
        Self {
            expires_at: sender.queue.clock.now(),
            sender,
            candidates: Candidates::new(lanes),
            deliveries: JoinSet::new(),
        }
    }

    /// Sends what the lanes hand out. Never ends; when it is dropped, no new delivery starts.
    pub(super) async fn run(&mut self) {
        let queue = Arc::clone(&self.sender.queue);
        loop {
            while self.deliveries.try_join_next().is_some() {}
            self.candidates.refresh(&queue);
            let (size, now) = (queue.control.size(), queue.clock.now());
            match self.candidates.due(&queue, size, now) {
                Due::Now => self.dispatch().await,
                Due::At(moment) => self.wait_until(moment).await,
                Due::Never => self.wait().await,
            }
        }
    }

    /// Waits until a request may be sent, and only then collects it: payloads that were queued
    /// meanwhile share it.
    async fn dispatch(&mut self) {
        let sender = Arc::clone(&self.sender);
        let queue = &sender.queue;
        let expire = queue.expire(&mut self.expires_at);
        let permit = match either(sender.admit(Ask::default()), expire).await {
            Either::One(permit) => permit,
            Either::Other(never) => match never {},
        };
        self.candidates.refresh(queue);
        // In boxes, since a delivery takes about ten kilobytes, and `spawn` moves it several times.
        match self.candidates.take(queue, permit.size()) {
            None => {}
            Some(Work::Events { kind, batch }) => {
                let batch = InFlightBatch::new(Arc::clone(queue), kind, batch);
                let sender = Arc::clone(&sender);
                let delivery = async move { sender.deliver_events(batch, permit).await };
                self.deliveries.spawn(Box::pin(delivery));
            }
            Some(Work::Upsert { lane, upsert }) => {
                let upsert = InFlightUpsert::new(Arc::clone(queue), lane, upsert);
                let sender = Arc::clone(&sender);
                let delivery = async move { sender.deliver_upsert(upsert, permit).await };
                self.deliveries.spawn(Box::pin(delivery));
            }
        }
    }

    /// Waits until the oldest queued payload is due, a request is full, or a lane reports that it
    /// has something to send.
    async fn wait_until(&mut self, moment: Instant) {
        let queue = &self.sender.queue;
        let size = queue.control.size();
        // A request that is full may have to wait for the pace.
        if self.candidates.is_full(queue, size)
            || !(queue.capacity).wakes_at(self.candidates.full_at(queue, size))
        {
            let wait = either(queue.signals.woken(), queue.clock.sleep_until(moment));
            either(wait, queue.expire(&mut self.expires_at)).await;
        }
    }

    /// Waits until a lane has something to send.
    async fn wait(&mut self) {
        let queue = &self.sender.queue;
        if queue.signals.wants_opened() {
            return;
        }
        if queue.capacity.usage().events == 0 {
            // Without a timer.
            return queue.signals.woken().await;
        }
        // Queued after others of their lanes, which are in flight.
        let expire = queue.expire(&mut self.expires_at);
        either(queue.signals.woken(), expire).await;
    }

    /// Ends all deliveries. Their payloads are settled, or stay in the spool.
    pub(super) async fn end(&mut self) {
        self.deliveries.shutdown().await;
    }
}
