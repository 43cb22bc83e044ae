//! Deletions whose callers do not know the outcome. The queue repeats them until the server
//! answers, because payloads about their subjects are held back.

use super::Sender;
use super::in_flight::ask;
use crate::clock::{Either, either};
use crate::delivery::control::Size;
use crate::delivery::deletions::{DeletionId, Turn};
use crate::delivery::rules::apart::History;
use crate::delivery::rules::policy::{Policy, Verdict};
use crate::error::ErrorKind;
use crate::wire::{Operation, SubjectKind};
use bytes::Bytes;
use std::sync::Arc;
use tokio::task::JoinSet;

const SIZE: Size = Size {
    events: 0,
    bytes: 0,
};

/// Repeats deletions. Never ends.
pub(super) async fn repeat_deletions(sender: Arc<Sender>) {
    let mut running = JoinSet::new();
    loop {
        let abandoned = sender.queue.deletions.abandoned();
        if running.is_empty() {
            let (id, kind, body) = abandoned.await;
            running.spawn(repeat(Arc::clone(&sender), id, kind, body));
            continue;
        }
        match either(abandoned, running.join_next()).await {
            Either::One((id, kind, body)) => {
                running.spawn(repeat(Arc::clone(&sender), id, kind, body));
            }
            Either::Other(_) => {}
        }
    }
}

/// Repeats one deletion until it is settled, or another caller asks for it.
async fn repeat(sender: Arc<Sender>, id: DeletionId, kind: SubjectKind, body: Bytes) {
    let queue = &sender.queue;
    let operation = match kind {
        SubjectKind::User => Operation::DeleteUser,
        SubjectKind::Organization => Operation::DeleteOrganization,
    };
    let mut history = History::default();
    loop {
        let permit = sender.admit(ask(&history)).await;
        match queue.deletions.repeat(id) {
            Turn::Now => {}
            Turn::Wait => {
                drop(permit);
                queue.deletions.repeatable(id).await;
                continue;
            }
            Turn::Never => return,
        }
        let attempted = sender.attempt(operation, body.clone()).await;
        queue.deletions.repeated(id);
        let span = queue.log.delivery_span(operation, 0);
        let error = match attempted {
            Err(error) if error.kind() != ErrorKind::NotFound => error,
            // Deleted by this attempt, or by an earlier one.
            _ => {
                sender.delivered(permit, SIZE, &span);
                return queue.delete(id);
            }
        };
        let (attempt, transition) = permit.failed(&error, &history, SIZE, sender.has_backlog());
        sender.report(transition, &error);
        let verdict = Policy::after_upsert(attempt, &mut history);
        span.failed(&queue.log, history.tries(), &error);
        match verdict {
            Verdict::TooLarge | Verdict::Refused => return queue.let_go(id),
            Verdict::Again | Verdict::Halve | Verdict::Unknown => {
                queue.control.pause(&history).await;
            }
        }
    }
}
