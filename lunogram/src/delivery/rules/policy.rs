//! The one table from the outcome of a request to decisions: about its events, the size of requests
//! and the health of the server.

use super::apart::History;
use super::health::{Failure, Shown};
use crate::delivery::options::Delivery;
use crate::wire::{Class, Outcome, StatusMeaning};
use std::time::Duration;
use tokio::time::Instant;

/// A proxy's failure after this time is taken for a time-out.
const PROXY_TIME_OUT: Duration = Duration::from_secs(2);

/// How to continue with the events of a failed request, or with an upsert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::delivery) enum Verdict {
    /// Send it again. [`History::piece_len`] says in which pieces.
    Again,
    /// Send it in two halves. Nothing of it was processed.
    Halve,
    /// The server refuses this single event or upsert: drop it.
    Refused,
    /// This single event or upsert is too large for the server: drop it.
    TooLarge,
    /// The events may have been processed, and are not sent again.
    Unknown,
}

/// The report on the server after a failed request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::delivery) enum Report {
    /// It judged the request: [`Health::succeeded`](super::health::Health::succeeded).
    Answered,
    /// It wants fewer requests: [`Pace::refused`](super::pace::Pace::refused).
    Limited,
    /// It, the network or the configuration failed:
    /// [`Health::failed`](super::health::Health::failed).
    Failed(Failure),
    /// Hardly anything, since the event failed alone before, and is judged by itself:
    /// [`Health::failed_alone`](super::health::Health::failed_alone).
    Nothing,
}

/// A failed attempt to send some events or an upsert.
#[derive(Clone, Copy, Debug)]
pub(in crate::delivery) struct Attempt {
    pub(in crate::delivery) outcome: Outcome,
    /// The moment of the failure.
    pub(in crate::delivery) now: Instant,
    /// The evidence of other requests, with this failure already reported.
    pub(in crate::delivery) shown: Shown,
}

/// The choices of the options.
#[derive(Clone, Copy, Debug)]
pub(in crate::delivery) struct Policy {
    pub(in crate::delivery) delivery: Delivery,
    /// Failed requests that may have processed an event, before it is given up as unknown; at
    /// least 1.
    pub(in crate::delivery) max_copies: u32,
}

/// The report on the server after a failed request. `history` is that of its events before this
/// failure.
pub(in crate::delivery) fn report(outcome: Outcome, history: &History) -> Report {
    match of_outcome(outcome) {
        Report::Failed(Failure::Server) if history.is_suspect() && outcome.status().is_some() => {
            Report::Nothing
        }
        report => report,
    }
}

fn of_outcome(outcome: Outcome) -> Report {
    let Some(meaning) = outcome.meaning() else {
        return Report::Failed(Failure::Server);
    };
    match meaning {
        StatusMeaning::RateLimited => Report::Limited,
        // A wrong base URL causes these statuses, too. The events may be valid, so they are kept.
        StatusMeaning::NotTheApi
        | StatusMeaning::Redirected
        | StatusMeaning::Unauthorized
        | StatusMeaning::NotFound
        | StatusMeaning::WrongMethod => Report::Failed(Failure::Settings),
        StatusMeaning::TooLarge
        | StatusMeaning::Conflict
        | StatusMeaning::Forbidden
        | StatusMeaning::Refused => Report::Answered,
        StatusMeaning::NotProcessed
        | StatusMeaning::Failed
        | StatusMeaning::GatewayFailed
        | StatusMeaning::Unavailable
        | StatusMeaning::ServerError
        | StatusMeaning::Unknown => Report::Failed(Failure::Server),
    }
}

/// Whether the request took too long, here or at a proxy, so that a smaller one may succeed:
/// [`Sizing::lost`](super::sizing::Sizing::lost) instead of `failed`.
pub(in crate::delivery) fn is_lost(outcome: Outcome, took: Duration) -> bool {
    match outcome.meaning() {
        None => outcome == Outcome::Lost,
        // A proxy that cannot reach the server answers sooner.
        Some(StatusMeaning::GatewayFailed) => took >= PROXY_TIME_OUT,
        Some(_) => false,
    }
}

/// Whether the answer to a probe shows that the server is there.
pub(in crate::delivery) fn is_present(outcome: Outcome) -> bool {
    outcome.meaning().is_some_and(|meaning| {
        meaning != StatusMeaning::NotTheApi
            && matches!(
                of_outcome(outcome),
                Report::Answered | Report::Failed(Failure::Settings)
            )
    })
}

impl Policy {
    /// The verdict on `events` events after a failed attempt, which `history` takes in.
    pub(in crate::delivery) fn after_events(
        self,
        attempt: Attempt,
        events: usize,
        history: &mut History,
    ) -> Verdict {
        history.failed();
        let Attempt {
            outcome,
            now,
            shown,
        } = attempt;
        if let Some(verdict) = without_doubt(outcome, events) {
            return verdict;
        }
        history.failed_at_server(now, shown);
        let meaning = outcome.meaning();
        let is_alone = events <= 1;
        // After an error of the server itself, an event alone is not stored. After an error of a
        // proxy, it may be.
        let may_be_in = !is_alone || matches!(meaning, None | Some(StatusMeaning::GatewayFailed));
        match self.delivery {
            Delivery::AtMostOnce => return Verdict::Unknown,
            Delivery::Isolated if may_be_in => return Verdict::Unknown,
            Delivery::AtLeastOnce | Delivery::Isolated => {}
        }
        if may_be_in {
            // 503 comes from a proxy that did not pass the request on.
            history.may_be_in(now, meaning != Some(StatusMeaning::Unavailable));
            if history.copies() >= self.max_copies.max(1) {
                return Verdict::Unknown;
            }
        }
        match meaning {
            // Smaller requests may be quicker: `Sizing` decides.
            None => {}
            Some(_) if is_alone => {
                let is_to_blame = history.failed_alone(now, shown);
                return if is_to_blame {
                    Verdict::Refused
                } else {
                    Verdict::Again
                };
            }
            // Often by chance, so the first failures are no reason to send many requests.
            Some(StatusMeaning::Unavailable) if !history.is_unavailable(shown) => {}
            Some(meaning) => history.suspect(now, meaning == StatusMeaning::Failed),
        }
        Verdict::Again
    }

    /// The verdict on an upsert after a failed attempt. Upserts can be repeated safely.
    pub(in crate::delivery) fn after_upsert(attempt: Attempt, history: &mut History) -> Verdict {
        history.failed();
        if let Some(verdict) = without_doubt(attempt.outcome, 1) {
            return verdict;
        }
        history.failed_at_server(attempt.now, attempt.shown);
        // For example, its identifiers belong to different subjects.
        if attempt.outcome.meaning().is_some() && history.failed_alone(attempt.now, attempt.shown) {
            return Verdict::Refused;
        }
        Verdict::Again
    }
}

/// The verdict if the payloads are certainly not processed.
fn without_doubt(outcome: Outcome, events: usize) -> Option<Verdict> {
    match of_outcome(outcome) {
        Report::Answered if events > 1 => Some(Verdict::Halve),
        Report::Answered if outcome.meaning() == Some(StatusMeaning::TooLarge) => {
            Some(Verdict::TooLarge)
        }
        Report::Answered => Some(Verdict::Refused),
        Report::Limited | Report::Failed(Failure::Settings) => Some(Verdict::Again),
        Report::Failed(Failure::Server) if outcome.class() == Class::NotSent => {
            Some(Verdict::Again)
        }
        Report::Failed(Failure::Server) | Report::Nothing => None,
    }
}

#[cfg(test)]
mod tests;
