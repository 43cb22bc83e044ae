//! The deletions of users and organizations that are not settled. Queued payloads about their
//! subjects are held back until it is known whether they are deleted.

use crate::error::{Error, ErrorKind};
use crate::wire::SubjectKind;
use bytes::Bytes;
use lunogram_rules::source;
use serde::Deserialize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The deletions of one queue, and the upserts that it has handed out.
#[derive(Debug, Default)]
pub(super) struct Deletions {
    /// Number of open deletions. Usually none, and then the lock is not needed.
    open: AtomicUsize,
    state: Mutex<State>,
    /// Notified when a deletion changes, or an attempt to send an upsert or a deletion has ended.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    last: u64,
    open: Vec<Deletion>,
    handed_out: Vec<HandedOut>,
}

/// Identifies an open deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DeletionId(u64);

/// Identifies an upsert that was handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UpsertId(u64);

/// A user or an organization, as a payload or a deletion names it.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    pub(super) kind: SubjectKind,
    identifiers: Vec<Named>,
}

/// Source and external id.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Named {
    #[serde(default)]
    source: String,
    external_id: String,
}

#[derive(Debug)]
struct Deletion {
    id: DeletionId,
    subject: Subject,
    /// The body of the request.
    body: Bytes,
    owner: Owner,
    /// An earlier call has ended without a known outcome.
    is_unknown: bool,
    /// The queue's request is on its way, or its answer is being applied.
    is_sending: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// A caller waits for the answer.
    Caller,
    /// The caller does not know the outcome, so the queue is to repeat the request.
    Nobody,
    /// A task of the queue, with this number, repeats the request.
    Queue(u64),
}

/// A deletion that the queue repeats.
#[derive(Debug)]
pub(super) struct Repeated {
    pub(super) id: DeletionId,
    task: u64,
    pub(super) kind: SubjectKind,
    /// The body of the request.
    pub(super) body: Bytes,
}

/// The queue's request for a deletion is on its way.
struct Sending<'d> {
    deletions: &'d Deletions,
    id: DeletionId,
}

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        if let Some(open) = self.deletions.state().deletion(self.id) {
            open.is_sending = false;
        }
        self.deletions.changed.notify_waiters();
    }
}

/// A deletion that is settled.
#[derive(Debug)]
pub(super) struct Closed {
    pub(super) kind: SubjectKind,
    /// The body of its request.
    pub(super) body: Bytes,
}

#[derive(Debug)]
struct HandedOut {
    id: UpsertId,
    subject: Subject,
    is_sending: bool,
    is_deleted: bool,
}

/// Whether an upsert or the queue's own deletion may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It counts as being sent now.
    Now,
    /// Later: [`Deletions::sendable`] and [`Deletions::repeatable`] return when to ask again.
    Wait,
    /// Never: the subject was deleted, or another call settles the deletion.
    Never,
}

impl Subject {
    /// The subject that a payload names with its `identifier`s. If they cannot be read, it equals
    /// no other.
    pub(super) fn of(kind: SubjectKind, payload: &[u8]) -> Self {
        #[derive(Default, Deserialize)]
        struct Identified {
            #[serde(default)]
            identifier: Vec<Named>,
        }
        let read: Identified = serde_json::from_slice(payload).unwrap_or_default();
        let mut identifiers = read.identifier;
        for named in &mut identifiers {
            if named.source.is_empty() {
                source::DEFAULT.clone_into(&mut named.source);
            }
        }
        Self { kind, identifiers }
    }

    /// The source and external id of each of its identifiers.
    pub(super) fn identifiers(&self) -> impl Iterator<Item = (&str, &str)> {
        let identifiers = self.identifiers.iter();
        identifiers.map(|named| (&*named.source, &*named.external_id))
    }

    /// Whether all identifiers of the other are among its own.
    fn covers(&self, other: &Self) -> bool {
        let mut named = other.identifiers.iter();
        self.kind == other.kind && named.all(|named| self.identifiers.contains(named))
    }

    /// Whether both name the same identifier.
    pub(super) fn is(&self, other: &Self) -> bool {
        let mut named = self.identifiers.iter();
        self.kind == other.kind && named.any(|named| other.identifiers.contains(named))
    }
}

/// Whether the server answered a deletion that there is no such subject. Another 404, of a proxy or
/// of a wrong base URL, says nothing about it.
pub(super) fn is_gone(error: &Error) -> bool {
    error.kind() == ErrorKind::NotFound && error.title().is_some()
}

impl State {
    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    fn deletion(&mut self, id: DeletionId) -> Option<&mut Deletion> {
        self.open.iter_mut().find(|open| open.id == id)
    }

    /// Whether the queue may send the request of a deletion now.
    fn turn(&mut self, repeated: &Repeated) -> Turn {
        let Some(open) = self.deletion(repeated.id) else {
            return Turn::Never;
        };
        if open.owner != Owner::Queue(repeated.task) {
            return Turn::Never;
        }
        let subject = open.subject.clone();
        let mut others = self.open.iter();
        let has_caller =
            others.any(|other| other.owner == Owner::Caller && other.subject.is(&subject));
        if has_caller || self.is_sending(&subject) {
            return Turn::Wait;
        }
        Turn::Now
    }

    /// Whether an upsert may be sent now.
    fn upsert_turn(&mut self, id: UpsertId) -> Turn {
        match self
            .upsert(id)
            .map(|known| (known.is_deleted, known.subject.clone()))
        {
            None | Some((true, _)) => Turn::Never,
            Some((false, subject)) if self.holds(&subject) => Turn::Wait,
            Some((false, _)) => Turn::Now,
        }
    }

    /// Whether the deletion of a subject is open.
    fn holds(&self, subject: &Subject) -> bool {
        self.open.iter().any(|open| open.subject.is(subject))
    }

    /// Whether an upsert of a subject, or the queue's request to delete it, is on its way.
    fn is_sending(&self, subject: &Subject) -> bool {
        let mut upserts = self.handed_out.iter();
        let mut deletions = self.open.iter();
        upserts.any(|known| known.is_sending && known.subject.is(subject))
            || deletions.any(|open| open.is_sending && open.subject.is(subject))
    }

    fn upsert(&mut self, id: UpsertId) -> Option<&mut HandedOut> {
        self.handed_out.iter_mut().find(|known| known.id == id)
    }
}

impl Deletions {
    /// Whether there are open deletions.
    pub(super) fn any(&self) -> bool {
        self.open.load(Ordering::SeqCst) > 0
    }

    /// Whether a payload is about the subject of an open deletion.
    pub(super) fn hold(&self, kind: SubjectKind, payload: &[u8]) -> bool {
        let subject = Subject::of(kind, payload);
        self.state().holds(&subject)
    }

    /// Opens the deletion of a subject for a caller. It is the open one of the same subject if that
    /// has no caller. Returns also whether its outcome is unknown from an earlier call.
    pub(super) fn open(&self, subject: Subject, body: Bytes) -> (DeletionId, bool) {
        let mut state = self.state();
        let known = state.open.iter_mut().find(|open| {
            open.owner != Owner::Caller && open.subject.kind == subject.kind && open.body == body
        });
        if let Some(known) = known {
            known.owner = Owner::Caller;
            return (known.id, known.is_unknown);
        }
        (self.insert(&mut state, subject, body, Owner::Caller), false)
    }

    /// Adds a deletion of an earlier process, whose outcome is not known.
    pub(super) fn recover(&self, subject: Subject, body: Bytes) {
        self.insert(&mut self.state(), subject, body, Owner::Nobody);
    }

    fn insert(&self, state: &mut State, subject: Subject, body: Bytes, owner: Owner) -> DeletionId {
        let id = DeletionId(state.next());
        state.open.push(Deletion {
            id,
            subject,
            body,
            owner,
            is_unknown: owner != Owner::Caller,
            is_sending: false,
        });
        self.open.store(state.open.len(), Ordering::SeqCst);
        id
    }

    /// Waits until no upsert of the subject is being sent, and no other request that deletes it.
    pub(super) async fn ready(&self, id: DeletionId) {
        self.until(|state| {
            let Some(subject) = state.deletion(id).map(|open| open.subject.clone()) else {
                return Some(());
            };
            (!state.is_sending(&subject)).then_some(())
        })
        .await;
    }

    /// The subject of an open deletion, and the body of its request.
    pub(super) fn subject(&self, id: DeletionId) -> Option<(Subject, Bytes)> {
        let mut state = self.state();
        let open = state.deletion(id)?;
        Some((open.subject.clone(), open.body.clone()))
    }

    /// The caller of a deletion does not know its outcome.
    pub(super) fn abandon(&self, id: DeletionId) {
        if let Some(open) = self.state().deletion(id) {
            open.owner = Owner::Nobody;
            open.is_unknown = true;
        }
        self.changed.notify_waiters();
    }

    /// The subject of a deletion is deleted. Closes the deletion, and those of the same identifiers
    /// or fewer whose callers do not know their outcome.
    pub(super) fn deleted(&self, id: DeletionId) -> Vec<Closed> {
        let mut state = self.state();
        let Some(subject) = state.deletion(id).map(|open| open.subject.clone()) else {
            return Vec::new();
        };
        for upsert in &mut state.handed_out {
            upsert.is_deleted |= upsert.subject.is(&subject);
        }
        self.close(state, |open| {
            open.id == id || open.owner != Owner::Caller && subject.covers(&open.subject)
        })
    }

    /// The subject of a deletion is not deleted. Closes the deletion.
    pub(super) fn refused(&self, id: DeletionId) -> Vec<Closed> {
        self.close(self.state(), |open| open.id == id)
    }

    fn close(
        &self,
        mut state: MutexGuard<'_, State>,
        is_closed: impl Fn(&Deletion) -> bool,
    ) -> Vec<Closed> {
        let closed = state.open.extract_if(.., |open| is_closed(open));
        let closed: Vec<_> = closed
            .map(|open| Closed {
                kind: open.subject.kind,
                body: open.body,
            })
            .collect();
        self.open.store(state.open.len(), Ordering::SeqCst);
        drop(state);
        self.changed.notify_waiters();
        closed
    }

    /// Whether an open deletion has this request.
    pub(super) fn has(&self, kind: SubjectKind, body: &[u8]) -> bool {
        let state = self.state();
        let mut open = state.open.iter();
        open.any(|open| open.subject.kind == kind && open.body == body)
    }

    /// Waits for a deletion that the queue is to repeat.
    pub(super) async fn abandoned(&self) -> Repeated {
        self.until(|state| {
            let task = state.next();
            let mut open = state.open.iter_mut();
            let abandoned = open.find(|open| open.owner == Owner::Nobody)?;
            abandoned.owner = Owner::Queue(task);
            Some(Repeated {
                id: abandoned.id,
                task,
                kind: abandoned.subject.kind,
                body: abandoned.body.clone(),
            })
        })
        .await
    }

    /// Whether the queue may send the request of a deletion now.
    pub(super) fn repeat(&self, repeated: &Repeated) -> Turn {
        let mut state = self.state();
        let turn = state.turn(repeated);
        if turn == Turn::Now
            && let Some(open) = state.deletion(repeated.id)
        {
            open.is_sending = true;
        }
        turn
    }

    /// The queue's request has ended, and its answer is applied, when the result is dropped.
    pub(super) fn sending(&self, repeated: &Repeated) -> impl Drop {
        Sending {
            deletions: self,
            id: repeated.id,
        }
    }

    /// Registers an upsert that is handed out.
    pub(super) fn hand_out(&self, kind: SubjectKind, upsert: &[u8]) -> UpsertId {
        let mut state = self.state();
        let id = UpsertId(state.next());
        state.handed_out.push(HandedOut {
            id,
            subject: Subject::of(kind, upsert),
            is_sending: false,
            is_deleted: false,
        });
        id
    }

    /// Registers an upsert of the same subject that was handed out together with another.
    pub(super) fn hand_out_with(&self, other: UpsertId) -> Option<UpsertId> {
        let mut state = self.state();
        let id = UpsertId(state.next());
        let other = state.upsert(other)?;
        let upsert = HandedOut {
            id,
            subject: other.subject.clone(),
            is_sending: false,
            is_deleted: other.is_deleted,
        };
        state.handed_out.push(upsert);
        Some(id)
    }

    /// Whether an upsert may be sent now.
    pub(super) fn send(&self, id: UpsertId) -> Turn {
        let mut state = self.state();
        let turn = state.upsert_turn(id);
        if turn == Turn::Now
            && let Some(upsert) = state.upsert(id)
        {
            upsert.is_sending = true;
        }
        turn
    }

    /// An attempt to send an upsert has ended.
    pub(super) fn sent(&self, id: UpsertId) {
        if let Some(upsert) = self.state().upsert(id) {
            upsert.is_sending = false;
        }
        self.changed.notify_waiters();
    }

    /// Forgets an upsert that is settled.
    pub(super) fn forget(&self, id: UpsertId) {
        self.state().handed_out.retain(|known| known.id != id);
        self.changed.notify_waiters();
    }

    /// Waits until [`send`](Self::send) may have another result than [`Turn::Wait`].
    pub(super) async fn sendable(&self, id: UpsertId) {
        self.until(|state| (state.upsert_turn(id) != Turn::Wait).then_some(()))
            .await;
    }

    /// Waits until [`repeat`](Self::repeat) may have another result than [`Turn::Wait`].
    pub(super) async fn repeatable(&self, repeated: &Repeated) {
        self.until(|state| (state.turn(repeated) != Turn::Wait).then_some(()))
            .await;
    }

    /// Whether the subject of an upsert was deleted after it was handed out.
    pub(super) fn is_deleted(&self, id: UpsertId) -> bool {
        self.state()
            .upsert(id)
            .is_some_and(|known| known.is_deleted)
    }

    /// Waits until the subject of an upsert is deleted.
    pub(super) async fn deleted_upsert(&self, id: UpsertId) {
        self.until(|state| {
            let is_deleted = state.upsert(id).is_none_or(|known| known.is_deleted);
            is_deleted.then_some(())
        })
        .await;
    }

    /// Waits until `wanted` finds a value.
    async fn until<T>(&self, wanted: impl Fn(&mut State) -> Option<T>) -> T {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            let found = wanted(&mut self.state());
            match found {
                Some(found) => return found,
                None => changed.await,
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
