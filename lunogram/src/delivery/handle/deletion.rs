//! Deleting a subject: queued payloads about it wait for the answer.

use super::Delivering;
use crate::delivery::deletions::{DeletionId, is_gone};
use crate::error::{Error, ErrorKind};
use crate::wire::{Class, SubjectKind};
use bytes::Bytes;
use std::sync::Arc;

impl Delivering {
    /// Holds back the payloads about the subject of a deletion, sends the request after the upserts
    /// that are on their way, and drops or releases the payloads. If the outcome is not known, the
    /// queue repeats the request. `body` is that of the request.
    ///
    /// # Errors
    /// Those of the request, or if the spool cannot record the deletion, which is not sent then.
    /// Inside of a hook or a subscriber. In a fork.
    pub(crate) async fn delete<T>(
        self: Arc<Self>,
        kind: SubjectKind,
        body: Bytes,
        request: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        self.claim()?;
        self.queue.hooks.check_may_wait()?;
        // A disabled client has no queue, and one that has ended sends nothing more.
        if self.route.is_none() || self.lifecycle.has_ended() {
            return request.await;
        }
        let mut deletion = loop {
            let (id, was_unknown) = self.queue.hold(kind, &body)?;
            let deletion = Deletion {
                delivering: Arc::clone(&self),
                id: Some(id),
                was_unknown,
                is_sent: was_unknown,
            };
            self.queue.deletions.ready(id).await;
            // The queue's own request may have settled it meanwhile.
            if self.queue.deletions.subject(id).is_some() {
                break deletion;
            }
        };
        deletion.is_sent = true;
        let answer = request.await;
        deletion.settle(&answer);
        answer
    }
}

/// An open deletion of a caller. The caller may drop it at any moment.
struct Deletion {
    delivering: Arc<Delivering>,
    /// `None` when it is settled.
    id: Option<DeletionId>,
    /// An earlier call has ended without a known outcome.
    was_unknown: bool,
    /// This call or an earlier one has sent the request.
    is_sent: bool,
}

impl Deletion {
    fn settle<T>(&mut self, answer: &Result<T, Error>) {
        let Some(id) = self.id else {
            return;
        };
        match answer {
            Ok(_) => self.delivering.queue.delete(id),
            Err(error) if is_gone(error) => self.delivering.queue.delete(id),
            // Dropping it says that the outcome is not known.
            Err(error) if error.may_have_arrived() => return,
            // This request has no effect, but an earlier one may have.
            Err(error) if self.was_unknown && !is_refused(error) => return,
            Err(_) => self.delivering.queue.let_go(id),
        }
        self.id = None;
    }
}

/// Whether the server has judged the deletion and refused it.
fn is_refused(error: &Error) -> bool {
    let is_judged = !matches!(
        error.kind(),
        ErrorKind::Unauthorized
            | ErrorKind::NotFound
            | ErrorKind::Redirected
            | ErrorKind::Unreadable
    );
    is_judged && error.outcome().class() == Class::Refused
}

impl Drop for Deletion {
    fn drop(&mut self) {
        let Some(id) = self.id.take() else {
            return;
        };
        if !self.is_sent {
            return self.delivering.queue.let_go(id);
        }
        self.delivering.queue.deletions.abandon(id);
        if !self.delivering.queue.is_closed() {
            // Without a thread, the payloads wait as all others do.
            let _ = self.delivering.started();
        }
    }
}
