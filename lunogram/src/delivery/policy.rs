//! What a failure means for what was sent: pure.

use super::options::Delivery;
use crate::wire::{Outcome, StatusMeaning};

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
    let refused = if events > 1 {
        Verdict::Halve
    } else {
        Verdict::Refused
    };
    let Some(meaning) = outcome.meaning() else {
        return match outcome {
            Outcome::Lost if delivery != Delivery::AtLeastOnce => Verdict::Unknown,
            _ => Verdict::Again(Blame::Server),
        };
    };
    match meaning {
        StatusMeaning::NotProcessed | StatusMeaning::RateLimited => Verdict::Again(Blame::Server),
        // A wrong base URL causes these statuses, too: the events may be right, and stay in the queue.
        StatusMeaning::NotTheApi
        | StatusMeaning::Redirected
        | StatusMeaning::Unauthorized
        | StatusMeaning::NotFound
        | StatusMeaning::WrongMethod => Verdict::Again(Blame::Settings),
        StatusMeaning::TooLarge if events <= 1 => Verdict::TooLarge,
        StatusMeaning::TooLarge | StatusMeaning::Forbidden | StatusMeaning::Refused => refused,
        StatusMeaning::Failed
        | StatusMeaning::GatewayFailed
        | StatusMeaning::Unavailable
        | StatusMeaning::ServerError
        | StatusMeaning::Unknown => match (delivery, meaning) {
            // A single event that the server itself failed at is not stored. A proxy may have lost the response to one
            // that is.
            (Delivery::AtMostOnce, _) | (Delivery::Isolated, StatusMeaning::GatewayFailed) => {
                Verdict::Unknown
            }
            (_, StatusMeaning::Failed) if events > 1 && tries >= PATIENCE => Verdict::Halve,
            (_, StatusMeaning::Failed) => Verdict::Again(Blame::Batch),
            _ => Verdict::Again(Blame::Server),
        },
    }
}

/// After an attempt to send an upsert, which may be repeated without harm.
pub(super) fn after_upsert(outcome: Outcome, tries: u32) -> Verdict {
    let Some(meaning) = outcome.meaning() else {
        return Verdict::Again(Blame::Server);
    };
    match meaning {
        StatusMeaning::NotTheApi
        | StatusMeaning::Redirected
        | StatusMeaning::Unauthorized
        | StatusMeaning::NotFound
        | StatusMeaning::WrongMethod => Verdict::Again(Blame::Settings),
        StatusMeaning::TooLarge => Verdict::TooLarge,
        // The server fails like this if the identifiers belong to different subjects, and a retry would not change that.
        StatusMeaning::Failed if tries > PATIENCE => Verdict::Refused,
        StatusMeaning::Failed => Verdict::Again(Blame::Batch),
        StatusMeaning::Forbidden | StatusMeaning::Refused => Verdict::Refused,
        StatusMeaning::NotProcessed
        | StatusMeaning::RateLimited
        | StatusMeaning::GatewayFailed
        | StatusMeaning::Unavailable
        | StatusMeaning::ServerError
        | StatusMeaning::Unknown => Verdict::Again(Blame::Server),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Class;
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
