//! The position of a page in the server's logs.

use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// How much of each log a page has received, within one epoch of the state.
///
/// The page stores its cursor and sends it with the next request, so the server keeps no state per
/// page. A reset or a restart of the server begins another epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) epoch: Uuid,
    pub(super) events: usize,
    pub(super) lost: usize,
    pub(super) requests: usize,
    pub(super) refused: usize,
}

impl Cursor {
    /// The position before the first row.
    pub(super) fn start(epoch: Uuid) -> Self {
        Self {
            epoch,
            events: 0,
            lost: 0,
            requests: 0,
            refused: 0,
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            epoch,
            events,
            lost,
            requests,
            refused,
        } = self;
        write!(
            f,
            "{}.{events}.{lost}.{requests}.{refused}",
            epoch.as_simple()
        )
    }
}

/// The text is not a cursor. A page that sends it starts over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct InvalidCursor;

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let mut parts = text.split('.');
        let epoch = parts.next().and_then(|epoch| Uuid::try_parse(epoch).ok());
        let mut count = || parts.next().and_then(|count| count.parse().ok());
        let cursor = Self {
            epoch: epoch.ok_or(InvalidCursor)?,
            events: count().ok_or(InvalidCursor)?,
            lost: count().ok_or(InvalidCursor)?,
            requests: count().ok_or(InvalidCursor)?,
            refused: count().ok_or(InvalidCursor)?,
        };
        match parts.next() {
            None => Ok(cursor),
            Some(_) => Err(InvalidCursor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursor_round_trips_through_text() {
        let cursor = Cursor {
            epoch: Uuid::from_u128(7),
            events: 1,
            lost: 2,
            requests: 30,
            refused: 4,
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
    }

    #[test]
    fn other_texts_are_invalid() {
        let epoch = Uuid::from_u128(7).simple();
        for text in [
            String::new(),
            epoch.to_string(),
            format!("{epoch}.1.2.3"),
            format!("{epoch}.1.2.3.-4"),
            format!("{epoch}.1.2.3.4.5"),
            format!("{epoch}.1.2.3.99999999999999999999999"),
            "7.1.2.3.4".to_owned(),
        ] {
            assert_eq!(text.parse::<Cursor>(), Err(InvalidCursor), "{text}");
        }
    }
}
