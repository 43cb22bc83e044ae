//! The parts of a batch: which of its events go together into the next request. Pure.

use crate::delivery::control::Size;
use crate::delivery::queue::{Batch, subject};
use crate::delivery::rules::apart::History;
use crate::delivery::rules::health::Shown;
use std::collections::VecDeque;
use std::ops::Range;

/// Some consecutive events of a batch.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) events: Range<usize>,
    /// The server may have processed the events.
    pub(super) may_have_arrived: bool,
    /// The events are acknowledged in the spool, so no later process sends them.
    pub(super) acked: bool,
    /// It is set aside.
    pub(super) is_aside: bool,
    pub(super) history: History,
}

/// Events that were set aside now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SetAside<'b> {
    pub(super) lane: usize,
    pub(super) subject: &'b [u8],
    pub(super) events: usize,
}

impl Part {
    fn with(&self, events: Range<usize>, history: History) -> Self {
        Self {
            events,
            history,
            ..self.clone()
        }
    }
}

/// The parts that are not settled.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// In the order of the batch.
    queued: VecDeque<Part>,
    /// Events that failed alone, each with the later events of its subject. They are sent after
    /// the others, which show meanwhile whether the event or the server is to blame.
    aside: VecDeque<VecDeque<Part>>,
}

impl Parts {
    pub(super) fn new(events: usize) -> Self {
        let all = Part {
            events: 0..events,
            may_have_arrived: false,
            acked: false,
            is_aside: false,
            history: History::default(),
        };
        Self {
            queued: (events > 0).then_some(all).into_iter().collect(),
            aside: VecDeque::new(),
        }
    }

    /// The parts that are next.
    fn list(&mut self) -> Option<&mut VecDeque<Part>> {
        if self.queued.is_empty() {
            while self.aside.front().is_some_and(VecDeque::is_empty) {
                self.aside.pop_front();
            }
            return self.aside.front_mut();
        }
        Some(&mut self.queued)
    }

    /// The next part to send.
    pub(super) fn next(&mut self) -> Option<&mut Part> {
        self.list()?.front_mut()
    }

    /// Takes the next part.
    pub(super) fn take(&mut self) -> Option<Part> {
        self.list()?.pop_front()
    }

    /// Takes the events of the next part up to `end`.
    pub(super) fn take_to(&mut self, end: usize) -> Option<Part> {
        let list = self.list()?;
        let part = list.pop_front()?;
        let end = end.clamp(part.events.start, part.events.end);
        if end < part.events.end {
            list.push_front(part.with(end..part.events.end, part.history));
        }
        Some(part.with(part.events.start..end, part.history))
    }

    /// Splits the next part into two halves.
    pub(super) fn halve(&mut self) {
        if let Some(part) = self.next() {
            let middle = part.events.len().div_ceil(2);
            self.cut(middle, |history| history);
        }
    }

    /// Cuts the next part so that it fits into a request of this size, and so that an event that
    /// is blamed for a failure is found.
    pub(super) fn fit(&mut self, batch: &Batch, size: Size, shown: Shown) {
        let Some(part) = self.next() else {
            return;
        };
        let history = part.history;
        let piece = history.piece_len(part.events.len(), shown);
        if piece < part.events.len() {
            self.cut(piece, History::of_piece);
        }
        let Some(part) = self.next() else {
            return;
        };
        let fitting = batch.fitting(&part.events, size);
        if fitting < part.events.len() {
            self.cut_first(fitting);
        }
    }

    /// Cuts the next part into parts of this length.
    fn cut(&mut self, length: usize, history: impl Fn(History) -> History) {
        let Some(list) = self.list() else {
            return;
        };
        let Some(part) = list.pop_front() else {
            return;
        };
        let events = part.events.clone();
        let starts = events.clone().step_by(length.max(1));
        for start in starts.rev() {
            let end = events.end.min(start + length.max(1));
            list.push_front(part.with(start..end, history(part.history)));
        }
    }

    /// Cuts the next part after so many events.
    fn cut_first(&mut self, events: usize) {
        let Some(list) = self.list() else {
            return;
        };
        let Some(part) = list.pop_front() else {
            return;
        };
        let middle = part.events.start + events;
        list.push_front(part.with(middle..part.events.end, part.history));
        list.push_front(part.with(part.events.start..middle, part.history));
    }

    /// Puts the next part, which is an event that failed alone, after the others, with the later
    /// events of its subject. Returns them, unless they were set aside before.
    pub(super) fn set_aside<'b>(&mut self, batch: &'b Batch) -> Option<SetAside<'b>> {
        if self.queued.is_empty() {
            self.aside.rotate_left(1.min(self.aside.len()));
            return None;
        }
        let suspect = self.queued.pop_front()?;
        let first = suspect.events.start;
        let run = batch.run_of(first)?;
        let subject = subject::first(batch.event(first));
        let is_later =
            |event: usize| event < run.end && subject::first(batch.event(event)) == subject;
        let mut chain = VecDeque::from([suspect]);
        for part in std::mem::take(&mut self.queued) {
            let mut start = part.events.start;
            while start < part.events.end {
                let later = is_later(start);
                let stop = (start..part.events.end)
                    .find(|event| is_later(*event) != later)
                    .unwrap_or(part.events.end);
                let list = if later { &mut chain } else { &mut self.queued };
                list.push_back(part.with(start..stop, part.history));
                start = stop;
            }
        }
        for part in &mut chain {
            part.is_aside = true;
        }
        let events = chain.iter().map(|part| part.events.len()).sum();
        self.aside.push_back(chain);
        Some(SetAside {
            lane: run.lane,
            subject,
            events,
        })
    }

    /// Whether there are parts that are not set aside.
    pub(super) fn has_others(&self) -> bool {
        !self.queued.is_empty()
    }
}

#[cfg(test)]
mod tests;
