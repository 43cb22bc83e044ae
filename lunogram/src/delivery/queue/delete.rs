//! Holding back, dropping and releasing the queued payloads about the subject of a deletion.

use super::lane::Removed;
use super::push::PushError;
use super::{Queue, Slot};
use crate::delivery::deletions::{Closed, DeletionId, Subject};
use crate::delivery::payload::PayloadKind;
use crate::delivery::stats::DropReason;
use crate::wire::SubjectKind;
use bytes::Bytes;
use std::sync::atomic::Ordering;

impl Queue {
    /// Holds back the payloads about a subject from now on, until its deletion is settled. With a
    /// spool, later processes hold them back, too. Returns also whether they were held back already
    /// for an earlier call, whose outcome is unknown.
    ///
    /// # Errors
    /// If this cannot be written to the spool. Nothing is held back then.
    #[cfg_attr(
        not(feature = "spool"),
        expect(clippy::unnecessary_wraps, reason = "only the spool can fail")
    )]
    pub(in crate::delivery) fn hold(
        &self,
        kind: SubjectKind,
        body: &Bytes,
    ) -> Result<(DeletionId, bool), PushError> {
        let (id, was_unknown) = (self.deletions).open(Subject::of(kind, body), body.clone());
        #[cfg(feature = "spool")]
        if let Some(spool) = &self.spool
            && let Err(why) = spool.begin_deletion(kind, body)
        {
            if was_unknown {
                self.deletions.abandon(id);
            } else {
                self.let_go(id);
            }
            return Err(PushError::Spool(why));
        }
        Ok((id, was_unknown))
    }

    /// The subject of a deletion is not deleted: its payloads are sent.
    pub(in crate::delivery) fn let_go(&self, id: DeletionId) {
        self.close_deletions(|| self.deletions.refused(id));
    }

    /// The subject of a deletion is deleted: drops the payloads about it that were accepted until
    /// now.
    pub(in crate::delivery) fn delete(&self, id: DeletionId) {
        let Some((subject, body)) = self.deletions.subject(id) else {
            return;
        };
        // The spool first: after that, only lanes have payloads that would be sent.
        if let Some(spool) = &self.spool {
            spool.delete_backlog(subject.kind, &body);
        }
        for lane in 0..self.slots.len() {
            self.delete_in_lane(lane, &subject);
        }
        self.forget_accepted(None);
        self.close_deletions(|| self.deletions.deleted(id));
    }

    fn delete_in_lane(&self, lane: usize, subject: &Subject) {
        let Some(slot) = self
            .slots
            .get(lane)
            .filter(|slot| slot.kind == subject.kind)
        else {
            return;
        };
        let is_meant = |payload: &[u8]| Subject::of(subject.kind, payload).is(subject);
        let removed = slot.lane().remove(is_meant);
        self.drop_all(slot, removed, DropReason::Deleted);
    }

    /// Drops payloads that were removed from a lane.
    pub(super) fn drop_all(&self, slot: &Slot, removed: Removed, reason: DropReason) {
        let Removed { events, upserts } = removed;
        for event in events {
            self.drop_event(slot, event, reason);
        }
        for upsert in upserts {
            upsert.done.store(true, Ordering::Release);
            if let Some(accepted) = &self.accepted {
                accepted.settled(slot.kind, &upsert.body, None);
            }
            let kind = PayloadKind::Upsert(slot.kind);
            let (record, receipt) = (upsert.record, upsert.receipt);
            self.drop_removed(slot, kind, &upsert.body, record, receipt, reason);
            for lane in &upsert.barriers {
                self.signals.mark(*lane);
            }
        }
    }

    /// Closes deletions. Lanes may hand out the events that they have held back for them.
    fn close_deletions(&self, close: impl FnOnce() -> Vec<Closed>) {
        let closed = {
            // All lanes are locked together, so that none hands out an event that is not held any
            // more before an earlier one that it has held back; and in ascending order, as for an
            // upsert.
            let mut lanes: Vec<_> = self.slots.iter().map(Slot::lane).collect();
            let closed = close();
            for (lane, slot) in lanes.iter_mut().zip(&self.slots) {
                if closed.iter().any(|closed| closed.kind == slot.kind) {
                    lane.restore();
                }
            }
            closed
        };
        if let Some(spool) = &self.spool {
            for Closed { kind, body } in &closed {
                spool.end_deletion(*kind, body, || self.deletions.has(*kind, body));
            }
        }
        for (lane, slot) in self.slots.iter().enumerate() {
            if closed.iter().any(|closed| closed.kind == slot.kind) {
                self.signals.mark(lane);
            }
        }
        self.signals.wake();
        self.progress.notify_waiters();
    }
}
