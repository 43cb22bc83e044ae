//! Accepting payloads with a spool: each is written to disk first, and goes into memory if there is
//! room and no earlier payload is only on disk.

use super::capacity::Reserved;
use super::push::{Overflowed, PushError};
use super::{Queue, subject};
use crate::delivery::payload::{PayloadKind, Shown};
use crate::delivery::receipts::{ReceiptSender, complete};
use crate::delivery::spool::{Acked, Loaded, RecordId, Spool};
use crate::delivery::stats::{DropReason, Settlement};
use crate::trace::Record;
use std::pin::pin;

impl Queue {
    /// Accepts a payload through the spool.
    pub(super) fn push_spooled(
        &self,
        spool: &Spool,
        kind: PayloadKind,
        payload: &[u8],
        receipt: Option<ReceiptSender>,
    ) -> Result<(), PushError> {
        let shown = if self.hooks.has_before_send() {
            Shown::Yes
        } else {
            Shown::No
        };
        let ticket = loop {
            self.check_open()?;
            spool.retry_sync().map_err(PushError::Spool)?;
            let mut appender = spool.appender();
            if !appender.could_hold(payload.len()) {
                return Err(PushError::TooLarge);
            }
            let is_behind = appender.is_behind(payload.len());
            if !is_behind && appender.has_room(payload.len()) {
                let first = !appender.has_backlog();
                let written = appender.append(kind, shown, payload);
                let (record, ticket) = match written {
                    Ok(written) => written,
                    Err(why) => {
                        self.check_open()?;
                        return Err(PushError::Spool(why));
                    }
                };
                if let Some(receipt) = receipt {
                    self.receipts.add(record, receipt);
                }
                let reserved = if first {
                    self.capacity.reserve(payload.len() as u64)
                } else {
                    Reserved::Refused
                };
                if reserved == Reserved::Refused {
                    appender.notify_backlog();
                } else {
                    // If the lane is closed, the payload is still on disk for the next process.
                    let _ = self.enqueue(kind, payload, record);
                    appender.mark_loaded();
                    self.wake_if_full(reserved);
                }
                break appender.syncs_immediately().then_some(ticket);
            }
            drop(appender);
            let overflowed = if is_behind {
                // The room of an older event would be given back as slowly.
                self.overflow_without_drop()
            } else {
                self.handle_overflow()
            };
            if overflowed? == Overflowed::DropPayload {
                self.drop_unqueued(kind, payload, receipt);
                return Ok(());
            }
        };
        if let Some(ticket) = ticket
            && let Err(why) = spool.sync(ticket)
        {
            // It is queued, and may have been sent already: an error would ask for a second one.
            self.log.emit(Record::NotSynced(&why));
        }
        Ok(())
    }

    /// Reports and counts damaged regions of the spool's files.
    pub(in crate::delivery) fn report_damage(&self, damage: &[Vec<u8>]) {
        for bytes in damage {
            self.hooks.damaged(bytes);
            self.unqueued()
                .accept_and_settle(Settlement::Dropped(DropReason::Damaged), 1);
        }
    }

    /// Shows a payload of the spool to `before_send` if necessary, waits until memory has room for
    /// it, and puts it into its lane.
    pub(in crate::delivery) async fn load(&self, spool: &Spool, loaded: &Loaded<'_>) {
        let Some(payload) = self.before_load(spool, loaded) else {
            spool.pass(loaded);
            return;
        };
        let reserved = self.reserve_for_load(payload.len() as u64).await;
        let is_queued = spool.load(loaded, || {
            let _ = self.enqueue(loaded.kind, &payload, loaded.record);
        });
        if is_queued {
            return self.wake_if_full(reserved);
        }
        let settlement = Settlement::Dropped(DropReason::Deleted);
        (self.hooks).dropped(loaded.kind, &payload, DropReason::Deleted);
        let receipts = self.settle_spooled(&[loaded.record], Acked::No);
        self.unqueued().settle(settlement, 1);
        spool.pass(loaded);
        self.release(1, payload.len());
        self.wake_if_full(reserved);
        complete(receipts, settlement);
    }

    async fn reserve_for_load(&self, size: u64) -> Reserved {
        loop {
            let mut progress = pin!(self.progress.notified());
            progress.as_mut().enable();
            let reserved = self.capacity.reserve(size);
            if reserved != Reserved::Refused {
                return reserved;
            }
            if self.capacity.reserve_oversized(size) {
                return Reserved::Done;
            }
            // Memory is full, so no queued batch can grow: send them without waiting for their age.
            self.send_lanes_now();
            progress.await;
        }
    }

    fn enqueue(
        &self,
        kind: PayloadKind,
        payload: &[u8],
        record: RecordId,
    ) -> Result<(), PushError> {
        match kind {
            PayloadKind::Event(kind) => {
                let subject = subject::first(payload);
                self.enqueue_event(kind, subject, payload, Some(record), None)
            }
            PayloadKind::Upsert(kind) => {
                self.enqueue_upsert(kind, payload.to_vec(), Some(record), None)
            }
        }
    }
}
