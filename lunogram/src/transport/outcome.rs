//! What became of a request that failed.

/// How far a request got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It never left: it was refused here, or there was no connection.
    Unsent,
    /// It left, at least in part, and no answer came back.
    Lost,
    /// It was answered with this status.
    Answered(u16),
}

/// What a failure says about whether the request was processed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Surely not: sending it again doubles nothing.
    NotSent,
    /// The server has judged it and said no: sending it again changes nothing.
    Refused,
    /// Perhaps, or in part: sending it again may do it twice.
    Ambiguous,
}

impl Outcome {
    pub(crate) fn class(self) -> Class {
        match self {
            // A server says these before it looks at what was sent.
            Self::Unsent | Self::Answered(408 | 425 | 429) => Class::NotSent,
            Self::Answered(300..=499) => Class::Refused,
            Self::Lost | Self::Answered(_) => Class::Ambiguous,
        }
    }

    pub(crate) fn status(self) -> Option<u16> {
        match self {
            Self::Answered(status) => Some(status),
            Self::Unsent | Self::Lost => None,
        }
    }
}
