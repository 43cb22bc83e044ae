//! What a failure means for what was sent: pure.

use super::options::Delivery;
use crate::transport::Outcome;

/// Attempts of one batch that fail with 500 before it is taken apart: the server stops at the event that it cannot
/// process, and those before it are in each time.
const PATIENCE: u32 = 2;

/// What to do with a batch, or an upsert, after an attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Send it again, later.
    Again(Blame),
    /// Send it in two halves.
    Halve,
    /// It is the fault of one of the events: find it.
    Refused,
    /// This single event is too large for the server.
    TooLarge,
    /// Nobody knows whether it was processed, and it is not sent again.
    Unknown,
}

/// Whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blame {
    /// This batch's: others may succeed.
    Batch,
    /// The server's, or that of the way there: others would fail, too.
    Server,
    /// The settings': nothing will succeed until somebody mends them.
    Settings,
}

/// After an attempt to send `events` events, the `tries`th of this batch, that ended so.
pub(super) fn after_events(
    outcome: Outcome,
    delivery: Delivery,
    events: usize,
    tries: u32,
) -> Verdict {
    match outcome {
        Outcome::Unsent | Outcome::Answered(408 | 425 | 429) => Verdict::Again(Blame::Server),
        // A wrong address answers these, too: the events are right, and stay.
        Outcome::Answered(401 | 404 | 405 | 100..=399) => Verdict::Again(Blame::Settings),
        Outcome::Answered(413) if events > 1 => Verdict::Halve,
        Outcome::Answered(413) => Verdict::TooLarge,
        Outcome::Answered(400..=499) if events > 1 => Verdict::Halve,
        Outcome::Answered(400..=499) => Verdict::Refused,
        Outcome::Answered(status) => match (delivery, status) {
            // In isolation the server is taken at its word; but a proxy says these, and it may have been done already.
            (Delivery::AtMostOnce, _) | (Delivery::Isolated, 502 | 504) => Verdict::Unknown,
            (_, 500) if events > 1 && tries >= PATIENCE => Verdict::Halve,
            (_, 500) => Verdict::Again(Blame::Batch),
            _ => Verdict::Again(Blame::Server),
        },
        Outcome::Lost if delivery == Delivery::AtLeastOnce => Verdict::Again(Blame::Server),
        Outcome::Lost => Verdict::Unknown,
    }
}

/// After an attempt to send an upsert, which may be repeated without harm.
pub(super) fn after_upsert(outcome: Outcome, tries: u32) -> Verdict {
    match outcome {
        Outcome::Answered(401 | 404 | 405 | 100..=399) => Verdict::Again(Blame::Settings),
        Outcome::Answered(413) => Verdict::TooLarge,
        Outcome::Unsent | Outcome::Lost | Outcome::Answered(408 | 425 | 429) => {
            Verdict::Again(Blame::Server)
        }
        // That is how the server answers identifiers of different subjects, and it would answer so for ever.
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
        fn at_least_once_gives_up_nothing_but_what_the_server_refused(outcome in outcome(), events in 1..9_usize, tries in 1..9_u32) {
            let verdict = after_events(outcome, Delivery::AtLeastOnce, events, tries);
            prop_assert_ne!(verdict, Verdict::Unknown);
            if matches!(verdict, Verdict::Refused | Verdict::TooLarge) {
                prop_assert_eq!((outcome.class(), events), (Class::Refused, 1));
            }
        }

        #[test]
        fn at_most_once_repeats_nothing_that_may_be_in(outcome in outcome(), events in 1..9_usize, tries in 1..9_u32) {
            let verdict = after_events(outcome, Delivery::AtMostOnce, events, tries);
            prop_assert_eq!(verdict == Verdict::Unknown, outcome.class() == Class::Ambiguous);
        }

        #[test]
        fn halves_are_made_of_two_at_least(outcome in outcome(), delivery in delivery(), tries in 1..9_u32) {
            prop_assert_ne!(after_events(outcome, delivery, 1, tries), Verdict::Halve);
            prop_assert_ne!(after_upsert(outcome, tries), Verdict::Halve);
            prop_assert_ne!(after_upsert(outcome, tries), Verdict::Unknown);
        }
    }
}
