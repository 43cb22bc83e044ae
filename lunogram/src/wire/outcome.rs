//! The outcome of a failed request, and the one table with the meaning of each response status.
//!
//! Error kinds, retries of calls and verdicts of the delivery queue are all derived from
//! [`StatusMeaning`]: no other place looks at the number of a status.

/// How far a failed request got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It never left the process: it was refused here, or there was no connection.
    Unsent,
    /// It left, at least in part, and no response came back.
    Lost,
    /// The server responded with this status.
    Answered(u16),
}

/// Whether the server may have processed a failed request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Certainly not: sending it again duplicates nothing.
    NotSent,
    /// The server judged the request and refused it: sending it again changes nothing.
    Refused,
    /// Possibly, or in part: sending it again may duplicate it.
    Ambiguous,
}

/// The meaning of a response status for a failed request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatusMeaning {
    /// 1xx and 2xx: the status is not an error, but the response is not the API's either. A login
    /// page may respond like this.
    NotTheApi,
    /// 3xx.
    Redirected,
    /// 401.
    Unauthorized,
    /// 403.
    Forbidden,
    /// 404: no such entity, or no such route.
    NotFound,
    /// 405: the base URL leads to some other service.
    WrongMethod,
    /// 408 and 425: the server gave up before it looked at the request.
    NotProcessed,
    /// 409.
    Conflict,
    /// 413.
    TooLarge,
    /// 429: the server did not look at the request.
    RateLimited,
    /// Any other 4xx.
    Refused,
    /// 500: the server failed while it processed this request.
    Failed,
    /// 502 and 504: a proxy lost the server's response.
    GatewayFailed,
    /// 503.
    Unavailable,
    /// Any other 5xx.
    ServerError,
    /// A number that HTTP does not define.
    Unknown,
}

impl StatusMeaning {
    /// Whether the API answers successful requests with this status. Servers move operations
    /// between these, so all of them are a success for every operation.
    pub(crate) fn is_success(status: u16) -> bool {
        matches!(status, 200 | 201 | 202 | 204)
    }

    /// The meaning of the status of a failed request.
    pub(crate) fn of(status: u16) -> Self {
        match status {
            100..=299 => Self::NotTheApi,
            300..=399 => Self::Redirected,
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            405 => Self::WrongMethod,
            408 | 425 => Self::NotProcessed,
            409 => Self::Conflict,
            413 => Self::TooLarge,
            429 => Self::RateLimited,
            400..=499 => Self::Refused,
            500 => Self::Failed,
            502 | 504 => Self::GatewayFailed,
            503 => Self::Unavailable,
            501 | 505..=599 => Self::ServerError,
            _ => Self::Unknown,
        }
    }

    fn class(self) -> Class {
        match self {
            Self::NotProcessed | Self::RateLimited => Class::NotSent,
            Self::Redirected
            | Self::Unauthorized
            | Self::Forbidden
            | Self::NotFound
            | Self::WrongMethod
            | Self::Conflict
            | Self::TooLarge
            | Self::Refused => Class::Refused,
            Self::NotTheApi
            | Self::Failed
            | Self::GatewayFailed
            | Self::Unavailable
            | Self::ServerError
            | Self::Unknown => Class::Ambiguous,
        }
    }
}

impl Outcome {
    pub(crate) fn class(self) -> Class {
        match self {
            Self::Unsent => Class::NotSent,
            Self::Lost => Class::Ambiguous,
            Self::Answered(status) => StatusMeaning::of(status).class(),
        }
    }

    pub(crate) fn status(self) -> Option<u16> {
        match self {
            Self::Answered(status) => Some(status),
            Self::Unsent | Self::Lost => None,
        }
    }

    /// The meaning of the status, if there was a response.
    pub(crate) fn meaning(self) -> Option<StatusMeaning> {
        self.status().map(StatusMeaning::of)
    }

    /// Whether the same request may be sent again after this outcome. `idempotent` means that a
    /// duplicate is harmless.
    pub(crate) fn may_repeat(self, idempotent: bool) -> bool {
        match self.class() {
            Class::NotSent => true,
            Class::Refused => false,
            // A server that fails with 500 would most likely fail again; the others are passing
            // troubles.
            Class::Ambiguous => {
                let is_transient = matches!(
                    self.meaning(),
                    None | Some(StatusMeaning::GatewayFailed | StatusMeaning::Unavailable)
                );
                idempotent && is_transient
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn refused_requests_are_never_repeated(status in 300..500_u16, idempotent: bool) {
            let outcome = Outcome::Answered(status);
            let early = matches!(status, 408 | 425 | 429);
            prop_assert_eq!(outcome.may_repeat(idempotent), early);
            prop_assert_eq!(outcome.class() == Class::NotSent, early);
        }

        #[test]
        fn requests_that_may_have_been_processed_are_never_duplicated(status in 200..700_u16) {
            for outcome in [Outcome::Answered(status), Outcome::Lost] {
                prop_assert!(!outcome.may_repeat(false) || outcome.class() == Class::NotSent);
            }
        }
    }

    #[test]
    fn repeats_follow_the_documented_table() {
        for (outcome, idempotent, again) in [
            (Outcome::Unsent, false, true),
            (Outcome::Lost, true, true),
            (Outcome::Lost, false, false),
            (Outcome::Answered(429), false, true),
            (Outcome::Answered(500), true, false),
            (Outcome::Answered(503), true, true),
            (Outcome::Answered(503), false, false),
            (Outcome::Answered(501), true, false),
        ] {
            assert_eq!(outcome.may_repeat(idempotent), again, "{outcome:?}");
        }
    }
}
