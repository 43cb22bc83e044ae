//! The decoded query of a request.

use super::fields::Malformed;
use http::Uri;
use reqwest::Url;
use std::ops::RangeInclusive;

/// Names and values, in the order of the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::testing) struct Query(Vec<(String, String)>);

impl Query {
    pub(in crate::testing) fn of(uri: &Uri) -> Self {
        let Some(query) = uri.query() else {
            return Self::default();
        };
        // `Url` decodes queries, but parses whole URLs only; the host is a placeholder.
        let url = Url::parse(&format!("http://host.invalid/?{query}"));
        Self(url.map_or_else(
            |_| Vec::new(),
            |url| url.query_pairs().into_owned().collect(),
        ))
    }

    /// The parameter's first value.
    pub(in crate::testing) fn optional(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(candidate, _)| candidate == name)?;
        Some(value)
    }

    /// The parameter's first value; an absent parameter is an error.
    pub(super) fn required(&self, name: &str) -> Result<&str, Malformed> {
        self.optional(name)
            .ok_or_else(|| Malformed::in_query(name, "is missing"))
    }

    /// The parameter's value as an integer within `bounds`.
    pub(super) fn integer(
        &self,
        name: &str,
        bounds: RangeInclusive<i64>,
    ) -> Result<Option<i64>, Malformed> {
        let Some(text) = self.optional(name) else {
            return Ok(None);
        };
        let number = text.parse().ok().filter(|number| bounds.contains(number));
        let problem = || {
            format!(
                "must be an integer from {} to {}",
                bounds.start(),
                bounds.end()
            )
        };
        number
            .map(Some)
            .ok_or_else(|| Malformed::in_query(name, problem()))
    }

    pub(super) fn into_pairs(self) -> Vec<(String, String)> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Query {
        Query::of(
            &format!("/api/client/users/inbox{text}")
                .parse()
                .expect(text),
        )
    }

    #[test]
    fn decodes_names_and_values() {
        let query = query("?a=b+c%20d&e%3D=%C3%BC%26&a=second&f&=");
        let pairs = [
            ("a", "b c d"),
            ("e=", "ü&"),
            ("a", "second"),
            ("f", ""),
            ("", ""),
        ];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(query.optional("a"), Some("b c d"));
        assert_eq!(query.required("f"), Ok(""));
        let missing = query.required("e").map_err(|error| error.to_string());
        assert_eq!(
            missing,
            Err("parameter \"e\" in query is missing".to_owned())
        );
        assert_eq!(query.into_pairs(), pairs);
    }

    #[test]
    fn integers_are_checked_against_their_bounds() {
        for (text, expected) in [
            ("", Ok(None)),
            ("?n=1", Ok(Some(1))),
            ("?n=100", Ok(Some(100))),
            ("?n=0", Err(())),
            ("?n=101", Err(())),
            ("?n=", Err(())),
            ("?n=2.0", Err(())),
            ("?n=99999999999999999999", Err(())),
        ] {
            let read = query(text).integer("n", 1..=100).map_err(drop);
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn absent_query_is_empty() {
        for text in ["", "?"] {
            assert_eq!(query(text).into_pairs(), []);
        }
    }
}
