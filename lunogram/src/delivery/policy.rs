//! How to continue after a failed attempt: pure functions.

use super::options::Delivery;
use crate::wire::{Outcome, StatusMeaning};

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
        // A wrong base URL causes these statuses, too. The events may be valid, so they are kept.
        StatusMeaning::NotTheApi
        | StatusMeaning::Redirected
        | StatusMeaning::Unauthorized
        | StatusMeaning::NotFound
        | StatusMeaning::WrongMethod => Verdict::Again(Blame::Settings),
        StatusMeaning::TooLarge if events <= 1 => Verdict::TooLarge,
        StatusMeaning::TooLarge
        | StatusMeaning::Conflict
        | StatusMeaning::Forbidden
        | StatusMeaning::Refused => refused,
        StatusMeaning::Failed
        | StatusMeaning::GatewayFailed
        | StatusMeaning::Unavailable
        | StatusMeaning::ServerError
        | StatusMeaning::Unknown => match (delivery, meaning) {
            // After an error of the server itself, an isolated event is not stored. After an error
            // of a proxy, it may be.
            (Delivery::AtMostOnce, _) | (Delivery::Isolated, StatusMeaning::GatewayFailed) => {
                Verdict::Unknown
            }
            (_, StatusMeaning::Failed) if events > 1 && tries >= PATIENCE => Verdict::Halve,
            (_, StatusMeaning::Failed) => Verdict::Again(Blame::Batch),
            _ => Verdict::Again(Blame::Server),
        },
    }
}

/// The verdict after the `tries`th attempt of an upsert failed. Upserts can be repeated safely.
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
        // The server fails like this if the identifiers belong to different subjects, and a retry
        // would not change that.
        StatusMeaning::Failed if tries > PATIENCE => Verdict::Refused,
        StatusMeaning::Failed => Verdict::Again(Blame::Batch),
        StatusMeaning::Conflict | StatusMeaning::Forbidden | StatusMeaning::Refused => {
            Verdict::Refused
        }
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
