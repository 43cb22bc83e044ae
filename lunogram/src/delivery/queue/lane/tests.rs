//! Whatever happens to a lane, each payload is handed out once or removed, those of a subject in
//! the order in which they were accepted.

mod examples;

use super::aside::Held;
use super::*;
use crate::delivery::queue::subject;
use crate::delivery::stats::DropReason;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const LIMITS: Size = Size {
    events: 4,
    bytes: 250,
};

const DROPPED: Settlement = Settlement::Dropped(DropReason::QueueFull);

#[derive(Clone, Copy, Debug)]
enum Step {
    Event {
        subject: u8,
        padding: usize,
    },
    Upsert {
        subject: u8,
    },
    /// For an upsert of another lane.
    Barrier,
    /// The upsert of the oldest barrier is done.
    Done,
    TakeEvents(Size),
    TakeUpsert(usize),
    /// So many of the payloads in flight, the oldest first.
    Settle(usize),
    SetAside,
    SettleAside,
    Flush,
    SendNow,
    CloseOlder,
    DropOldest,
    Remove {
        subject: u8,
    },
    RemoveExpired(u64),
    SettleDropped,
    /// Holds the subject back from now on.
    Hold {
        subject: u8,
    },
    LetGo,
}

fn step() -> impl Strategy<Value = Step> {
    let subject = || 0..3_u8;
    prop_oneof![
        8 => (subject(), 0..120_usize).prop_map(|(subject, padding)| Step::Event { subject, padding }),
        2 => subject().prop_map(|subject| Step::Upsert { subject }),
        1 => Just(Step::Barrier),
        1 => Just(Step::Done),
        5 => (1..6_usize, 1..400_usize).prop_map(|(events, bytes)| Step::TakeEvents(Size { events, bytes })),
        2 => (1..200_usize).prop_map(Step::TakeUpsert),
        4 => (1..5_usize).prop_map(Step::Settle),
        2 => Just(Step::SetAside),
        2 => Just(Step::SettleAside),
        1 => Just(Step::Flush),
        1 => Just(Step::SendNow),
        1 => Just(Step::CloseOlder),
        1 => Just(Step::DropOldest),
        1 => subject().prop_map(|subject| Step::Remove { subject }),
        1 => (0..40_u64).prop_map(Step::RemoveExpired),
        2 => Just(Step::SettleDropped),
        1 => subject().prop_map(|subject| Step::Hold { subject }),
        1 => Just(Step::LetGo),
    ]
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Queued,
    InFlight,
    Aside,
    Dropping,
    Settled,
}

#[derive(Debug)]
struct Known {
    subject: u8,
    is_event: bool,
    accepted: Instant,
    state: State,
    /// The barriers that are before it.
    barriers: usize,
}

/// A lane, and its payloads as its user knows them.
struct World {
    lane: Lane,
    now: Instant,
    payloads: Vec<Known>,
    barriers: Vec<DoneFlag>,
    held: BTreeSet<u8>,
    flushed: u64,
    /// Nothing was set aside, held back or removed out of its order until now.
    in_order: bool,
    /// Events were dropped, so the lane estimates the moments of others.
    estimates: bool,
}

fn name(subject: u8) -> String {
    format!("\"s{subject}\"")
}

fn open(now: Instant) -> Segment {
    Segment::open(Buffers::default(), now)
}

/// The number that each payload of these tests has.
fn number(payload: &[u8]) -> usize {
    let value: serde_json::Value = serde_json::from_slice(payload).expect("a payload");
    let number = value["data"]["n"].as_u64().expect("a number");
    usize::try_from(number).expect("a small number")
}

impl World {
    fn new() -> Self {
        Self {
            lane: Lane::default(),
            now: Instant::now(),
            payloads: Vec::new(),
            barriers: Vec::new(),
            held: BTreeSet::new(),
            flushed: 0,
            in_order: true,
            estimates: false,
        }
    }

    fn accept(&mut self, subject: u8, is_event: bool, padding: usize) -> Vec<u8> {
        self.now += Duration::from_millis(1);
        let payload = format!(
            r#"{{"identifier":[{{"external_id":{}}}],"data":{{"n":{},"p":"{}"}}}}"#,
            name(subject),
            self.payloads.len(),
            "x".repeat(padding)
        );
        self.payloads.push(Known {
            subject,
            is_event,
            accepted: self.now,
            state: State::Queued,
            barriers: self.barriers.len(),
        });
        payload.into_bytes()
    }

    fn numbers(&self, state: State) -> Vec<usize> {
        let all = self.payloads.iter().enumerate();
        all.filter(|(_, known)| known.state == state)
            .map(|(number, _)| number)
            .collect()
    }

    fn count(&self, state: State) -> u64 {
        self.numbers(state).len() as u64
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Event { subject, padding } => {
                let event = self.accept(subject, true, padding);
                let now = self.now;
                let pushed = (self.lane).push_event(&event, None, LIMITS, |full, spare| {
                    let mut buffers = spare.unwrap_or_default();
                    if let Some(full) = full {
                        buffers.reserve_like(full);
                    }
                    Segment::open(buffers, now)
                });
                assert_ne!(pushed, Pushed::Closed);
                if self.count(State::InFlight) > 0 {
                    assert_eq!(pushed, Pushed::Joined, "the lane is busy");
                }
            }
            Step::Upsert { subject } => {
                let body = self.accept(subject, false, 0);
                let pushed = self.lane.push_upsert(upsert(body, self.now));
                let busy = self.count(State::InFlight) > 0;
                assert_eq!(pushed, if busy { Pushed::Joined } else { Pushed::Due });
            }
            Step::Barrier => {
                let done = DoneFlag::default();
                self.lane.push_barrier(Arc::clone(&done));
                self.barriers.push(done);
            }
            Step::Done => {
                let undone = self
                    .barriers
                    .iter()
                    .find(|done| !done.load(Ordering::Acquire));
                if let Some(done) = undone {
                    done.store(true, Ordering::Release);
                }
            }
            Step::TakeEvents(size) => self.take_events(size),
            Step::TakeUpsert(bytes) => self.take_upsert(bytes),
            Step::Settle(payloads) => {
                let mut settled = self.numbers(State::InFlight);
                settled.truncate(payloads);
                self.settle(&settled);
            }
            Step::SetAside => self.set_aside(),
            Step::SettleAside => {
                if let Some(&first) = self.numbers(State::Aside).first() {
                    self.lane.settle(Settlement::Delivered, 1);
                    self.payloads[first].state = State::Settled;
                    let goes_on = self.lane.settled_aside(1);
                    self.check_goes_on(goes_on);
                }
            }
            Step::Flush => {
                self.flushed = self.lane.flush();
                assert_eq!(self.flushed, self.payloads.len() as u64);
            }
            Step::SendNow => {
                #[cfg(feature = "spool")]
                self.lane.send_now();
            }
            Step::CloseOlder => {
                self.now += Duration::from_millis(1);
                self.lane
                    .close_older(self.now - Duration::from_millis(5), self.now);
            }
            Step::DropOldest => self.drop_oldest(),
            Step::Remove { subject } => {
                let id = name(subject);
                let removed =
                    (self.lane).remove(|payload| subject::first(payload) == id.as_bytes());
                let meant = self.numbers(State::Queued).into_iter();
                let meant = meant.filter(|number| self.payloads[*number].subject == subject);
                self.removed(&removed, &meant.collect::<Vec<_>>());
            }
            Step::RemoveExpired(age) => self.remove_expired(age),
            Step::SettleDropped => {
                for number in self.numbers(State::Dropping) {
                    self.lane.settle_dropped(DROPPED, 1);
                    self.payloads[number].state = State::Settled;
                }
            }
            Step::Hold { subject } => {
                self.held.insert(subject);
            }
            Step::LetGo => {
                self.held.clear();
                self.lane.restore();
            }
        }
    }

    /// As the queue does it before each look at the front of a lane.
    fn hold_back(&mut self) {
        let names: Vec<String> = self.held.iter().map(|subject| name(*subject)).collect();
        let is_held = |event: &[u8]| {
            let first = subject::first(event);
            names.iter().any(|name| name.as_bytes() == first)
        };
        let held: Held<'_> = &is_held;
        let now = self.now;
        (self.lane).hold_back((!names.is_empty()).then_some(held), || now);
        self.in_order &= !self.lane.aside.holds_back();
    }

    /// The first queued payload that is not held back, unless it waits for a barrier.
    fn first(&self) -> Option<&Known> {
        let held = |known: &Known| {
            let aside = self.numbers(State::Aside).into_iter();
            let aside: Vec<_> = aside.map(|number| self.payloads[number].subject).collect();
            known.is_event && (self.held.contains(&known.subject) || aside.contains(&known.subject))
        };
        let mut queued = self
            .payloads
            .iter()
            .filter(|known| known.state == State::Queued);
        let first = queued.find(|known| !held(known))?;
        let before = self.barriers.iter().take(first.barriers);
        let is_free = before.into_iter().all(|done| done.load(Ordering::Acquire));
        is_free.then_some(first)
    }

    fn take_events(&mut self, size: Size) {
        self.hold_back();
        let front = self.lane.front(size);
        if self.count(State::InFlight) > 0 {
            assert_eq!(front, Front::Nothing, "something is in flight");
        } else if let Some(first) = self.first().filter(|first| first.is_event)
            && !self.lane.aside.holds_back()
            && self.in_order
        {
            let opened = first.accepted;
            let Front::Events { opened: at, .. } = front else {
                panic!("{front:?}");
            };
            assert!(at <= opened || self.estimates);
        }
        let now = self.now;
        let mut request = None;
        let taken = self.lane.take_events(&mut request, size, || open(now));
        let Some(taken) = taken else {
            assert!(
                !matches!(front, Front::Events { .. }),
                "an event always fits alone"
            );
            return;
        };
        let request = request.expect("a request");
        let numbers: Vec<usize> = request.events().map(|(event, _)| number(event)).collect();
        assert_eq!(taken.events, numbers.len());
        assert!(!numbers.is_empty() && numbers.len() <= size.events);
        assert!(numbers.len() == 1 || request.held() < size.bytes);
        for number in numbers {
            if let Some(latest) = taken.latest {
                assert!(self.payloads[number].accepted <= latest);
            }
            self.handed_out(number);
        }
    }

    fn take_upsert(&mut self, bytes: usize) {
        self.hold_back();
        let front = self.lane.front(SMALLEST);
        let Some(upsert) = self.lane.take_upsert(bytes) else {
            assert!(!matches!(front, Front::Upsert { .. }));
            return;
        };
        let all: Vec<_> = std::iter::once(&upsert).chain(&upsert.merged).collect();
        let size: usize = all.iter().map(|upsert| upsert.body.len()).sum();
        assert!(all.len() == 1 || size <= bytes);
        assert_eq!(
            front,
            Front::Upsert {
                opened: upsert.opened
            }
        );
        for upsert in all {
            self.handed_out(number(&upsert.body));
        }
    }

    /// A payload is handed out after all earlier ones about its subject.
    fn handed_out(&mut self, number: usize) {
        let subject = self.payloads[number].subject;
        assert_eq!(
            self.payloads[number].state,
            State::Queued,
            "{number} goes out again"
        );
        assert!(!self.payloads[number].is_event || !self.held.contains(&subject));
        for earlier in &self.payloads[..number] {
            let waits = matches!(earlier.state, State::Queued | State::Aside);
            assert!(
                earlier.subject != subject || !waits,
                "{number} before {earlier:?}"
            );
        }
        let before = &self.barriers[..self.payloads[number].barriers];
        assert!(before.iter().all(|done| done.load(Ordering::Acquire)));
        self.payloads[number].state = State::InFlight;
    }

    fn settle(&mut self, numbers: &[usize]) {
        if numbers.is_empty() {
            return;
        }
        for number in numbers {
            self.payloads[*number].state = State::Settled;
        }
        let goes_on = (self.lane).settle(Settlement::Delivered, numbers.len() as u64);
        self.check_goes_on(goes_on);
    }

    fn check_goes_on(&self, goes_on: bool) {
        let is_busy = self.count(State::InFlight) > 0;
        let has_entries = !self.lane.entries.is_empty();
        assert_eq!(goes_on, !is_busy && has_entries);
    }

    /// The first event in flight has failed alone.
    fn set_aside(&mut self) {
        let in_flight = self.numbers(State::InFlight);
        let Some(&first) = in_flight
            .first()
            .filter(|first| self.payloads[**first].is_event)
        else {
            return;
        };
        let subject = self.payloads[first].subject;
        let mut events = 0;
        for number in in_flight {
            if self.payloads[number].subject == subject {
                self.payloads[number].state = State::Aside;
                events += 1;
            }
        }
        self.in_order = false;
        let goes_on = self.lane.set_aside(name(subject).as_bytes(), events);
        self.check_goes_on(goes_on);
    }

    fn drop_oldest(&mut self) {
        let queued = self.numbers(State::Queued);
        let is_event = |number: &&usize| self.payloads[**number].is_event;
        let Some(dropped) = self.lane.drop_oldest(self.now) else {
            let has_events = queued.iter().any(|number| is_event(&number));
            assert!(!has_events || self.lane.aside.holds_back());
            return;
        };
        let number = number(&dropped.json);
        if self.in_order {
            assert_eq!(queued.iter().find(is_event), Some(&number));
            // An upsert that stays before it.
            self.in_order = queued.first() == Some(&number);
        }
        assert_eq!(self.payloads[number].state, State::Queued);
        self.payloads[number].state = State::Dropping;
        self.estimates = true;
    }

    fn removed(&mut self, removed: &Removed, meant: &[usize]) {
        let events = removed.events.iter().map(|event| number(&event.json));
        let upserts = removed.upserts.iter().map(|upsert| number(&upsert.body));
        let removed: BTreeSet<usize> = events.chain(upserts).collect();
        assert_eq!(removed, meant.iter().copied().collect());
        self.in_order &= removed.is_empty();
        for number in removed {
            self.payloads[number].state = State::Dropping;
        }
    }

    fn remove_expired(&mut self, age: u64) {
        let bound = self.now - Duration::from_millis(age);
        let removed = self.lane.remove_expired(|latest| latest < bound);
        // Upserts are removed exactly, events as far as the lane knows their moments.
        let events = removed.events.iter().map(|event| number(&event.json));
        let mut meant: Vec<usize> = events.collect();
        for number in &meant {
            assert!(
                self.payloads[*number].accepted < bound,
                "{number} is younger"
            );
        }
        let old = self.numbers(State::Queued).into_iter().filter(|number| {
            !self.payloads[*number].is_event && self.payloads[*number].accepted < bound
        });
        meant.extend(old);
        self.removed(&removed, &meant);
    }

    /// Checks the rules that hold after each step.
    fn check(&mut self) {
        let lane = &self.lane;
        assert_eq!(lane.accepted, self.payloads.len() as u64);
        assert_eq!(lane.queued(), self.count(State::Queued));
        assert_eq!(lane.ledger.settled(), self.count(State::Settled));
        let is_settled = |known: &&Known| known.state == State::Settled;
        let settled_to = self.payloads.iter().take_while(is_settled).count() as u64;
        assert!(
            lane.settled_to() <= settled_to,
            "{} > {settled_to}",
            lane.settled_to()
        );
        let all = settled_to == self.payloads.len() as u64;
        if all {
            assert_eq!(lane.settled_to(), settled_to, "a flush would not end");
            self.in_order = true;
        }
        if self.in_order && settled_to >= self.flushed {
            assert!(
                lane.settled_to() >= self.flushed,
                "a flush waits for later payloads"
            );
        }
        if !lane.aside.holds_back() {
            let is_queued = |known: &Known| known.is_event && known.state == State::Queued;
            let has_events = self.payloads.iter().any(is_queued);
            assert_eq!(lane.oldest().is_some(), has_events);
        }
    }

    /// Everything is handed out in the end.
    fn finish(mut self) {
        self.step(Step::LetGo);
        for done in &self.barriers {
            done.store(true, Ordering::Release);
        }
        self.step(Step::SettleDropped);
        while self.numbers(State::Settled).len() < self.payloads.len() {
            let before = self.numbers(State::Settled).len();
            self.step(Step::TakeEvents(LIMITS));
            self.step(Step::TakeUpsert(LIMITS.bytes));
            self.step(Step::Settle(usize::MAX));
            self.step(Step::SettleAside);
            self.check();
            assert!(
                self.numbers(State::Settled).len() > before,
                "{:?}",
                self.lane
            );
        }
        assert!(self.lane.aside.is_empty() && !self.lane.aside.holds_back());
        assert_eq!(self.lane.front(LIMITS), Front::Nothing);
        assert_eq!(self.lane.settled_to(), self.payloads.len() as u64);
    }

    /// Everything that is queued is left when the lane is closed.
    fn close(mut self) {
        let mut left = Vec::new();
        for entry in self.lane.close() {
            match entry {
                Left::Events(segment) => {
                    left.extend(segment.events().map(|(event, _)| number(event)));
                }
                Left::Upsert(upsert) => left.push(number(&upsert.body)),
            }
        }
        let mut of_subjects: BTreeMap<u8, usize> = BTreeMap::new();
        for number in &left {
            let before = of_subjects.insert(self.payloads[*number].subject, *number);
            assert!(before < Some(*number), "{before:?} before {number}");
            assert_eq!(self.payloads[*number].state, State::Queued);
            self.payloads[*number].state = State::InFlight;
        }
        assert_eq!(self.count(State::Queued), 0);
        assert_eq!(self.lane.queued(), 0);
        let event = br#"{"identifier":[]}"#;
        let pushed = (self.lane).push_event(event, None, LIMITS, |_, _| open(self.now));
        assert_eq!(pushed, Pushed::Closed);
        let pushed = self.lane.push_upsert(upsert(event.to_vec(), self.now));
        assert_eq!(pushed, Pushed::Closed);
        self.step(Step::SettleDropped);
        self.step(Step::Settle(usize::MAX));
        while self.count(State::Aside) > 0 {
            self.step(Step::SettleAside);
        }
        self.check();
        assert_eq!(self.lane.settled_to(), self.payloads.len() as u64);
    }
}

fn upsert(body: Vec<u8>, opened: Instant) -> Upsert {
    Upsert {
        body,
        record: None,
        receipt: None,
        done: DoneFlag::default(),
        barriers: Vec::new(),
        merged: Vec::new(),
        handed_out: None,
        opened,
    }
}

proptest! {
    #[test]
    fn each_payload_is_handed_out_once_in_the_order_of_its_subject(
        steps in prop::collection::vec(step(), 0..60),
        closes: bool,
    ) {
        let mut world = World::new();
        for step in steps {
            world.step(step);
            world.check();
        }
        if closes {
            world.close();
        } else {
            world.finish();
        }
    }
}
