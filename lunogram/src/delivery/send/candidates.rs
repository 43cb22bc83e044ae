//! The lanes that can hand out payloads, as far as the dispatcher knows, oldest first. A lane
//! reports when that may have changed, and the dispatcher then looks at it.

use crate::delivery::control::Size;
use crate::delivery::queue::{Batch, Collected, Front, Queue, Upsert};
use crate::wire::SubjectKind;
use std::collections::BTreeSet;
use tokio::time::Instant;

/// The kinds of requests: payloads of one kind share requests or compete for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RequestKind {
    Upsert,
    Events(SubjectKind),
}

impl RequestKind {
    const ALL: [Self; 3] = [
        Self::Upsert,
        Self::Events(SubjectKind::User),
        Self::Events(SubjectKind::Organization),
    ];
}

/// Lanes that can hand out payloads for one kind of request.
#[derive(Debug, Default)]
struct Waiting {
    /// By the moment at which the oldest payload was accepted.
    lanes: BTreeSet<(Instant, usize)>,
    /// How many of them do not wait for their age.
    due: usize,
}

impl Waiting {
    fn oldest(&self) -> Option<Instant> {
        self.lanes.first().map(|(opened, _)| *opened)
    }
}

#[derive(Debug)]
pub(super) struct Candidates {
    fronts: Vec<Front>,
    upserts: Waiting,
    user_events: Waiting,
    organization_events: Waiting,
    /// Queued payloads that could not be handed out when a request was not filled: their lanes
    /// have something in flight, or wait for an upsert.
    stuck: usize,
}

/// When the next request is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Now,
    At(Instant),
    /// Nothing can be sent.
    Never,
}

/// A batch or an upsert to send.
#[derive(Debug)]
pub(super) enum Work {
    Events { kind: SubjectKind, batch: Batch },
    Upsert { lane: usize, upsert: Upsert },
}

impl Candidates {
    pub(super) fn new(lanes: usize) -> Self {
        Self {
            fronts: vec![Front::Nothing; lanes],
            upserts: Waiting::default(),
            user_events: Waiting::default(),
            organization_events: Waiting::default(),
            stuck: 0,
        }
    }

    /// Looks at the lanes that have reported a change.
    pub(super) fn refresh(&mut self, queue: &Queue) {
        queue.signals.take(|index| {
            let Some(slot) = queue.slots().get(index) else {
                return;
            };
            let (front, queued) = queue.front(index);
            let before = self.set(slot.kind, index, front);
            if before == Front::Nothing && front != Front::Nothing {
                let queued = usize::try_from(queued).unwrap_or(usize::MAX);
                self.stuck = self.stuck.saturating_sub(queued);
            }
        });
    }

    /// Replaces the known front of a lane, and returns the one before.
    fn set(&mut self, kind: SubjectKind, lane: usize, front: Front) -> Front {
        let Some(known) = self.fronts.get_mut(lane) else {
            return front;
        };
        let before = std::mem::replace(known, front);
        if let Some((waiting, opened, due)) = self.place(kind, before) {
            waiting.lanes.remove(&(opened, lane));
            waiting.due -= due;
        }
        if let Some((waiting, opened, due)) = self.place(kind, front) {
            waiting.lanes.insert((opened, lane));
            waiting.due += due;
        }
        before
    }

    /// Where a lane with this front is listed, and whether it counts as due.
    fn place(&mut self, kind: SubjectKind, front: Front) -> Option<(&mut Waiting, Instant, usize)> {
        match front {
            Front::Nothing => None,
            Front::Upsert { opened } => Some((&mut self.upserts, opened, 1)),
            Front::Events { opened, due } => {
                let waiting = self.waiting_mut(RequestKind::Events(kind));
                Some((waiting, opened, usize::from(due)))
            }
        }
    }

    fn waiting(&self, kind: RequestKind) -> &Waiting {
        match kind {
            RequestKind::Upsert => &self.upserts,
            RequestKind::Events(SubjectKind::User) => &self.user_events,
            RequestKind::Events(SubjectKind::Organization) => &self.organization_events,
        }
    }

    fn waiting_mut(&mut self, kind: RequestKind) -> &mut Waiting {
        match kind {
            RequestKind::Upsert => &mut self.upserts,
            RequestKind::Events(SubjectKind::User) => &mut self.user_events,
            RequestKind::Events(SubjectKind::Organization) => &mut self.organization_events,
        }
    }

    /// The number of held payloads at which a request of this size is probably full: an estimate,
    /// since it assumes that the payloads are of average size, and all of one kind.
    pub(super) fn full_at(&self, queue: &Queue, size: Size) -> usize {
        let used = queue.capacity.usage();
        let average = used.bytes / (used.events as u64).max(1);
        let by_bytes = (size.bytes as u64).checked_div(average);
        let by_bytes = by_bytes.and_then(|most| usize::try_from(most).ok());
        let full = size.events.min(by_bytes.unwrap_or(usize::MAX).max(1));
        queue.handed_out() + self.stuck + full
    }

    /// Whether a request of this size can probably be filled, or no more events can be queued.
    pub(super) fn is_full(&self, queue: &Queue, size: Size) -> bool {
        queue.signals.is_full() || queue.capacity.usage().events >= self.full_at(queue, size)
    }

    /// The moment at which payloads of one kind are due, which may have passed; `full` if a request
    /// can be filled.
    fn due_of(&self, kind: RequestKind, queue: &Queue, full: bool) -> Option<Instant> {
        let waiting = self.waiting(kind);
        let oldest = waiting.oldest()?;
        Some(queue.control.next(oldest, waiting.due > 0 || full))
    }

    /// When the next request is due.
    pub(super) fn due(&self, queue: &Queue, size: Size, now: Instant) -> Due {
        let full = self.is_full(queue, size);
        let moments = RequestKind::ALL.map(|kind| self.due_of(kind, queue, full));
        match moments.into_iter().flatten().min() {
            None => Due::Never,
            Some(moment) if moment <= now => Due::Now,
            Some(moment) => Due::At(moment),
        }
    }

    /// Takes the next request: an upsert, or events about one kind of subject, as many as fit. Of
    /// several, those that are due first, and then the oldest.
    pub(super) fn take(&mut self, queue: &Queue, size: Size) -> Option<Work> {
        let full = self.is_full(queue, size);
        queue.signals.not_full();
        let kinds = RequestKind::ALL.into_iter();
        let moments = kinds.filter_map(|kind| {
            Some((
                self.due_of(kind, queue, full)?,
                self.waiting(kind).oldest()?,
                kind,
            ))
        });
        let (_, _, kind) = moments.min_by_key(|(due, oldest, _)| (*due, *oldest))?;
        match kind {
            RequestKind::Upsert => self.take_upsert(queue),
            RequestKind::Events(kind) => self.collect(queue, kind, size),
        }
    }

    fn take_upsert(&mut self, queue: &Queue) -> Option<Work> {
        let (_, lane) = self.upserts.lanes.first().copied()?;
        let kind = queue.slots().get(lane)?.kind;
        let upsert = queue.take_upsert(lane);
        let front = match upsert {
            Some(_) => Front::Nothing,
            None => queue.front(lane).0,
        };
        self.set(kind, lane, front);
        upsert.map(|upsert| Work::Upsert { lane, upsert })
    }

    fn collect(&mut self, queue: &Queue, kind: SubjectKind, size: Size) -> Option<Work> {
        let mut collected = Collected::default();
        let request = RequestKind::Events(kind);
        while collected.events() < size.events
            && let Some((_, lane)) = self.waiting(request).lanes.first().copied()
        {
            if queue.collect(lane, size, &mut collected) {
                self.set(kind, lane, Front::Nothing);
                continue;
            }
            // Its events do not fit, or were dropped meanwhile, so that it may have an upsert next.
            let (front, _) = queue.front(lane);
            self.set(kind, lane, front);
            if matches!(front, Front::Events { .. }) {
                break;
            }
        }
        if collected.events() < size.events && self.waiting(request).lanes.is_empty() {
            let held = queue.capacity.usage().events;
            self.stuck = held.saturating_sub(queue.handed_out());
        }
        let batch = collected.into_batch()?;
        Some(Work::Events { kind, batch })
    }
}
