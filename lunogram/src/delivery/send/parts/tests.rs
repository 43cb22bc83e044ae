//! Whatever happens to the parts, each event is taken once, and those of a subject in order.

use super::*;
use crate::delivery::queue::batch_of;
use proptest::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug)]
enum Step {
    Fit(usize),
    Halve,
    SetAside,
    Take,
    TakeTo(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1..9_usize).prop_map(Step::Fit),
        Just(Step::Halve),
        Just(Step::SetAside),
        Just(Step::Take),
        (0..30_usize).prop_map(Step::TakeTo),
    ]
}

/// Runs of events, each with the numbers of its subjects.
fn lanes() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec(prop::collection::vec(0..3_u8, 1..8), 1..4)
}

proptest! {
    #[test]
    fn each_event_is_taken_once_and_in_the_order_of_its_subject(
        lanes in lanes(),
        steps in prop::collection::vec(step(), 0..40),
    ) {
        let subjects: Vec<(usize, u8)> = lanes
            .iter()
            .enumerate()
            .flat_map(|(lane, events)| events.iter().map(move |subject| (lane, *subject)))
            .collect();
        let event = |(lane, subject): &(usize, u8)| {
            format!(r#"{{"identifier":[{{"external_id":"{lane}-{subject}"}}]}}"#)
        };
        let events: Vec<String> = subjects.iter().map(event).collect();
        let lengths: Vec<usize> = lanes.iter().map(Vec::len).collect();
        let batch = batch_of(&events, &lengths);
        let mut parts = Parts::new(events.len());
        let mut taken = Vec::new();
        for step in steps {
            match step {
                Step::Fit(events) => {
                    let size = Size { events, bytes: 200 };
                    parts.fit(&batch, size, Shown::default());
                    if let Some(part) = parts.next() {
                        let events = part.events.clone();
                        let is_one = events.len() == 1;
                        let sent = batch.size(&events);
                        prop_assert!(sent.events <= size.events);
                        prop_assert!(is_one || sent.bytes <= size.bytes);
                        prop_assert_eq!(batch.body(&events).len(), sent.bytes);
                    }
                }
                Step::Halve => parts.halve(),
                Step::SetAside => {
                    let is_one = parts.next().is_some_and(|part| part.events.len() == 1);
                    if is_one {
                        parts.set_aside(&batch);
                    }
                }
                Step::Take => taken.extend(parts.take().into_iter().flat_map(|part| part.events)),
                Step::TakeTo(end) => {
                    taken.extend(parts.take_to(end).into_iter().flat_map(|part| part.events));
                }
            }
        }
        while let Some(part) = parts.take() {
            taken.extend(part.events);
        }
        let mut last = BTreeMap::new();
        for event in &taken {
            let before = last.insert(subjects[*event], *event);
            prop_assert!(before < Some(*event), "{before:?} before {event}");
        }
        taken.sort_unstable();
        prop_assert!(taken.into_iter().eq(0..events.len()));
    }
}
