//! Deletions whose callers do not know the outcome. The queue repeats them until the server
//! answers, because payloads about their subjects are held back.

use super::in_flight::ask;
use super::{NO_EVENTS, Sender};
use crate::delivery::deletions::{Repeated, Turn, is_gone};
use crate::delivery::rules::apart::History;
use crate::delivery::rules::policy::{Policy, Verdict};
use crate::wire::{Operation, SubjectKind};
use std::sync::Arc;
use tokio::task::JoinSet;

/// Repeats deletions. Never ends.
pub(super) async fn repeat_deletions(sender: Arc<Sender>) {
    let mut running = JoinSet::new();
    loop {
        let repeated = sender.queue.deletions.abandoned().await;
        while running.try_join_next().is_some() {}
        running.spawn(repeat(Arc::clone(&sender), repeated));
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
                sender.delivered(permit, NO_EVENTS, &span);
                return queue.delete(repeated.id);
            }
        };
        let (attempt, transition) =
            permit.failed(&error, &history, NO_EVENTS, sender.has_backlog());
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
