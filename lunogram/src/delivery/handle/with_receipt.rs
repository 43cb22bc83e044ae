//! Queueing with a receipt. Apart from the usual way, which pays nothing for receipts.

use super::Delivering;
use crate::delivery::payload::PayloadKind;
use crate::delivery::queue::{PushError, Queue, Screened, subject};
use crate::delivery::receipts::{Fate, Receipt, receipt};
use crate::error::Error;
use crate::wire::SubjectKind;
use lunogram_core::Invalid;
use std::borrow::Cow;

/// A payload that is queued, or one that is settled already.
enum Ready<'q> {
    ToQueue(&'q Queue, Cow<'static, [u8]>),
    Settled(Receipt),
}

impl Delivering {
    /// Queues an encoded event.
    pub(crate) fn track_with_receipt(
        &self,
        kind: SubjectKind,
        event: Result<Vec<u8>, Invalid>,
    ) -> Result<Receipt, Error> {
        self.queue_with_receipt(PayloadKind::Event(kind), self.stamped(event?))
    }

    /// Queues an encoded upsert.
    pub(crate) fn identify_with_receipt(
        &self,
        kind: SubjectKind,
        upsert: Result<Vec<u8>, Invalid>,
    ) -> Result<Receipt, Error> {
        self.queue_with_receipt(PayloadKind::Upsert(kind), upsert?)
    }

    /// Queues an encoded event. With [`Overflow::Wait`](crate::queue::Overflow::Wait), waits while
    /// the queue is full.
    pub(crate) async fn track_with_receipt_waiting(
        &self,
        kind: SubjectKind,
        event: Result<Vec<u8>, Invalid>,
    ) -> Result<Receipt, Error> {
        let event = self.stamped(event?);
        self.queue_with_receipt_waiting(PayloadKind::Event(kind), event)
            .await
    }

    /// Queues an encoded upsert. With [`Overflow::Wait`](crate::queue::Overflow::Wait), waits while
    /// the queue is full.
    pub(crate) async fn identify_with_receipt_waiting(
        &self,
        kind: SubjectKind,
        upsert: Result<Vec<u8>, Invalid>,
    ) -> Result<Receipt, Error> {
        self.queue_with_receipt_waiting(PayloadKind::Upsert(kind), upsert?)
            .await
    }

    fn queue_with_receipt(&self, kind: PayloadKind, payload: Vec<u8>) -> Result<Receipt, Error> {
        match self.ready(kind, payload)? {
            Ready::ToQueue(queue, payload) => Ok(push(queue, kind, payload)?),
            Ready::Settled(receipt) => Ok(receipt),
        }
    }

    async fn queue_with_receipt_waiting(
        &self,
        kind: PayloadKind,
        payload: Vec<u8>,
    ) -> Result<Receipt, Error> {
        match self.ready(kind, payload)? {
            Ready::ToQueue(queue, payload) => {
                let push = || push(queue, kind, Cow::Borrowed(&*payload));
                queue.wait_for_room(push).await
            }
            Ready::Settled(receipt) => Ok(receipt),
        }
    }

    fn ready(&self, kind: PayloadKind, payload: Vec<u8>) -> Result<Ready<'_>, Error> {
        let Some(queue) = self.started()? else {
            // Of a disabled client, which answers each call with success.
            return Ok(Ready::Settled(Receipt::known(Fate::Delivered)));
        };
        Ok(match queue.before_send(kind, payload.into())? {
            Screened::Payload(payload) => Ready::ToQueue(queue, payload),
            Screened::Dropped(reason) => Ready::Settled(Receipt::known(Fate::Dropped(reason))),
        })
    }
}

fn push(queue: &Queue, kind: PayloadKind, payload: Cow<'_, [u8]>) -> Result<Receipt, PushError> {
    let (sender, receipt) = receipt();
    match kind {
        PayloadKind::Event(kind) => {
            queue.push_event(kind, subject::first(&payload), &payload, Some(sender))?;
        }
        PayloadKind::Upsert(kind) => {
            queue.push_upsert(kind, payload.into_owned(), Some(sender))?;
        }
    }
    Ok(receipt)
}
