//! Deleting a subject: queued payloads about it wait for the answer.

use super::Delivering;
use crate::delivery::deletions::DeletionId;
use crate::error::{Error, ErrorKind};
use crate::wire::SubjectKind;
use bytes::Bytes;
use std::sync::Arc;

impl Delivering {
    /// Holds back the payloads about the subject of a deletion, sends the request after the upserts
    /// that are on their way, and drops or releases the payloads. If the outcome is not known, the
    /// queue repeats the request. `body` is that of the request.
    ///
    /// # Errors
    /// Those of the request, or if the spool cannot record the deletion, which is not sent then.
    pub(crate) async fn delete<T>(
        self: Arc<Self>,
        kind: SubjectKind,
        body: Bytes,
        request: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        // A disabled client has no queue, and one that was shut down has nothing queued.
        if self.route.is_none() || self.queue.is_closed() {
            return request.await;
        }
        let id = self.queue.hold(kind, &body).map_err(Error::from)?;
        let mut deletion = Deletion {
            delivering: self,
            id: Some(id),
            is_sent: false,
        };
        deletion.delivering.queue.deletions.ready(id).await;
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
    is_sent: bool,
}

impl Deletion {
    fn settle<T>(&mut self, answer: &Result<T, Error>) {
        let Some(id) = self.id else {
            return;
        };
        match answer {
            Ok(_) => self.delivering.queue.delete(id),
            Err(error) if error.kind() == ErrorKind::NotFound => self.delivering.queue.delete(id),
            // Dropping it says that the outcome is not known.
            Err(error) if error.may_have_arrived() => return,
            Err(_) => self.delivering.queue.let_go(id),
        }
        self.id = None;
    }
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
        // If no thread can be started, the next payload tries again.
        let _ = self.delivering.started();
    }
}
