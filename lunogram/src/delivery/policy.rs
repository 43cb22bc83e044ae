//! How to continue after a failed attempt: pure functions.

use super::options::Delivery;
use crate::transport::Outcome;

/// Attempts of one batch that may fail with 500 before the batch is split. The server stops at the
/// event that it cannot process and has stored the events before it, so each attempt repeats those.
const PATIENCE: u32 = 2;

/// How to continue with a batch or an upsert after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Send it again, later.
    Again(Blame),
    /// Send it in two halves.
    Halve,
    /// The server refuses this single event or upsert: drop it.
    Refused,
    /// This single event or upsert is too large for the server: drop it.
    TooLarge,
    /// The payload may have been processed, and is not sent again.
    Unknown,
}

/// The cause of a failure, which decides whether other requests would fail, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blame {
    /// This batch: other requests may succeed.
    Batch,
    /// The server or the network: other requests would fail, too.
    Server,
    /// The configuration (key or URL): every request fails until it is fixed.
    Settings,
}

/// The verdict after the `tries`th attempt of a batch of `events` events failed with `outcome`.
pub(super) fn after_events(
    outcome: Outcome,
    delivery: Delivery,
    events: usize,
    tries: u32,
) -> Verdict {
    match outcome {
        Outcome::Unsent | Outcome::Answered(408 | 425 | 429) => Verdict::Again(Blame::Server),
        // A wrong base URL causes these statuses, too. The events may be valid, so they are kept.
        Outcome::Answered(401 | 404 | 405 | 100..=399) => Verdict::Again(Blame::Settings),
        Outcome::Answered(413) if events > 1 => Verdict::Halve,
        Outcome::Answered(413) => Verdict::TooLarge,
        Outcome::Answered(400..=499) if events > 1 => Verdict::Halve,
        Outcome::Answered(400..=499) => Verdict::Refused,
        Outcome::Answered(status) => match (delivery, status) {
            // An isolated event is known to be unprocessed after a 5xx, except after 502 and 504:
            // a proxy sends those, and the server may have processed the event.
            (Delivery::AtMostOnce, _) | (Delivery::Isolated, 502 | 504) => Verdict::Unknown,
            (_, 500) if events > 1 && tries >= PATIENCE => Verdict::Halve,
            (_, 500) => Verdict::Again(Blame::Batch),
            _ => Verdict::Again(Blame::Server),
        },
        Outcome::Lost if delivery == Delivery::AtLeastOnce => Verdict::Again(Blame::Server),
        Outcome::Lost => Verdict::Unknown,
    }
}

/// The verdict after the `tries`th attempt of an upsert failed. Upserts can be repeated safely.
pub(super) fn after_upsert(outcome: Outcome, tries: u32) -> Verdict {
    match outcome {
        Outcome::Answered(401 | 404 | 405 | 100..=399) => Verdict::Again(Blame::Settings),
        Outcome::Answered(413) => Verdict::TooLarge,
        Outcome::Unsent | Outcome::Lost | Outcome::Answered(408 | 425 | 429) => {
            Verdict::Again(Blame::Server)
        }
        // The server answers 500 if the identifiers belong to different subjects, and always will.
        Outcome::Answered(500) if tries > PATIENCE => Verdict::Refused,
        Outcome::Answered(500) => Verdict::Again(Blame::Batch),
        Outcome::Answered(400..=499) => Verdict::Refused,
        Outcome::Answered(_) => Verdict::Again(Blame::Server),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Class;
    use proptest::prelude::*;

    fn outcome() -> impl Strategy<Value = Outcome> {
        prop_oneof![
            Just(Outcome::Unsent),
            Just(Outcome::Lost),
            (300..600_u16).prop_map(Outcome::Answered),
        ]
    }

    fn delivery() -> impl Strategy<Value = Delivery> {
        prop_oneof![
            Just(Delivery::AtLeastOnce),
            Just(Delivery::AtMostOnce),
            Just(Delivery::Isolated)
        ]
    }

    proptest! {
        #[test]
        fn at_least_once_gives_up_refused_events_only(outcome in outcome(), events in 1..9_usize, tries in 1..9_u32) {
            let verdict = after_events(outcome, Delivery::AtLeastOnce, events, tries);
            prop_assert_ne!(verdict, Verdict::Unknown);
            if matches!(verdict, Verdict::Refused | Verdict::TooLarge) {
                prop_assert_eq!((outcome.class(), events), (Class::Refused, 1));
            }
        }

        #[test]
        fn at_most_once_repeats_nothing_ambiguous(outcome in outcome(), events in 1..9_usize, tries in 1..9_u32) {
            let verdict = after_events(outcome, Delivery::AtMostOnce, events, tries);
            prop_assert_eq!(verdict == Verdict::Unknown, outcome.class() == Class::Ambiguous);
        }

        #[test]
        fn single_events_and_upserts_are_never_split(outcome in outcome(), delivery in delivery(), tries in 1..9_u32) {
            prop_assert_ne!(after_events(outcome, delivery, 1, tries), Verdict::Halve);
            prop_assert_ne!(after_upsert(outcome, tries), Verdict::Halve);
            prop_assert_ne!(after_upsert(outcome, tries), Verdict::Unknown);
        }
    }
}
