//! Deletions whose callers do not know the outcome. The queue repeats them until the server
//! answers, because payloads about their subjects are held back.

use super::Sender;
use super::in_flight::ask;
use crate::clock::{Either, either};
use crate::delivery::control::Size;
use crate::delivery::deletions::{Repeated, Turn, is_gone};
use crate::delivery::rules::apart::History;
use crate::delivery::rules::policy::{Policy, Verdict};
use crate::wire::{Operation, SubjectKind};
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
            let repeated = abandoned.await;
            running.spawn(repeat(Arc::clone(&sender), repeated));
            continue;
        }
        match either(abandoned, running.join_next()).await {
            Either::One(repeated) => {
                running.spawn(repeat(Arc::clone(&sender), repeated));
            }
            Either::Other(_) => {}
        }
    }
}

/// Repeats one deletion until it is settled, or another caller asks for it.
async fn repeat(sender: Arc<Sender>, repeated: Repeated) {
    let queue = &sender.queue;
    let operation = match repeated.kind {
        SubjectKind::User => Operation::DeleteUser,
        SubjectKind::Organization => Operation::DeleteOrganization,
    };
    let mut history = History::default();
    loop {
        let permit = sender.admit(ask(&history)).await;
        match queue.deletions.repeat(&repeated) {
            Turn::Now => {}
            Turn::Wait => {
                drop(permit);
                queue.deletions.repeatable(&repeated).await;
                continue;
            }
            Turn::Never => return,
        }
        let sending = queue.deletions.sending(&repeated);
        let attempted = sender.attempt(operation, repeated.body.clone()).await;
        let span = queue.log.delivery_span(operation, 0);
        let error = match attempted {
            Err(error) if !is_gone(&error) => error,
            // Deleted by this attempt, or by an earlier one.
            _ => {
                sender.delivered(permit, SIZE, &span);
                return queue.delete(repeated.id);
            }
        };
        let (attempt, transition) = permit.failed(&error, &history, SIZE, sender.has_backlog());
        sender.report(transition, &error);
        let verdict = Policy::after_upsert(attempt, &mut history);
        span.failed(&queue.log, history.tries(), &error);
        match verdict {
            Verdict::TooLarge | Verdict::Refused => return queue.let_go(repeated.id),
            Verdict::Again | Verdict::Halve | Verdict::Unknown => {
                drop(sending);
                queue.control.pause(&history).await;
            }
        }
    }
}
