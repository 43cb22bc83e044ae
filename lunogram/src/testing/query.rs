//! The query of a request, decoded.

use http::Uri;
use reqwest::Url;

/// Names and values, in the order of the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn of(uri: &Uri) -> Self {
        let Some(query) = uri.query() else {
            return Self::default();
        };
        // The host is one that cannot be: all that is read of this URL is its query.
        let url = Url::parse(&format!("http://host.invalid/?{query}"));
        Self(url.map_or_else(
            |_| Vec::new(),
            |url| url.query_pairs().into_owned().collect(),
        ))
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
    fn names_and_values_are_decoded() {
        let query = query("?a=b+c%20d&e%3D=%C3%BC%26&a=second&f&=");
        let pairs = [
            ("a", "b c d"),
            ("e=", "ü&"),
            ("a", "second"),
            ("f", ""),
            ("", ""),
        ];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(query.into_pairs(), pairs);
    }

    #[test]
    fn what_is_not_there_is_empty() {
        for text in ["", "?"] {
            assert_eq!(query(text).into_pairs(), []);
        }
    }
}
