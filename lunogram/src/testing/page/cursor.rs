//! How far a page has come.

use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// What a page has seen of one life of the state, which a reset or another start ends.
///
/// The page keeps it and brings it back, so that the server remembers no pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// Which life.
    pub(super) life: Uuid,
    pub(super) events: usize,
    pub(super) lost: usize,
    pub(super) requests: usize,
    /// How many of those requests were refused.
    pub(super) refused: usize,
}

impl Cursor {
    /// The one that has seen nothing yet.
    pub(super) fn start(life: Uuid) -> Self {
        Self {
            life,
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
            life,
            events,
            lost,
            requests,
            refused,
        } = self;
        write!(
            f,
            "{}.{events}.{lost}.{requests}.{refused}",
            life.as_simple()
        )
    }
}

/// Not a cursor: the page that brings it starts anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl FromStr for Cursor {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let mut parts = text.split('.');
        let life = parts.next().and_then(|life| Uuid::try_parse(life).ok());
        let mut count = || parts.next().and_then(|count| count.parse().ok());
        let cursor = Self {
            life: life.ok_or(Malformed)?,
            events: count().ok_or(Malformed)?,
            lost: count().ok_or(Malformed)?,
            requests: count().ok_or(Malformed)?,
            refused: count().ok_or(Malformed)?,
        };
        match parts.next() {
            None => Ok(cursor),
            Some(_) => Err(Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_way_through_a_page() {
        let cursor = Cursor {
            life: Uuid::from_u128(7),
            events: 1,
            lost: 2,
            requests: 30,
            refused: 4,
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
    }

    #[test]
    fn anything_else_is_none() {
        let life = Uuid::from_u128(7).simple();
        for text in [
            String::new(),
            life.to_string(),
            format!("{life}.1.2.3"),
            format!("{life}.1.2.3.-4"),
            format!("{life}.1.2.3.4.5"),
            format!("{life}.1.2.3.99999999999999999999999"),
            "7.1.2.3.4".to_owned(),
        ] {
            assert_eq!(text.parse::<Cursor>(), Err(Malformed), "{text}");
        }
    }
}
