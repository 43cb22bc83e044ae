//! The header `Retry-After`: whole seconds, or a date in one of HTTP's three formats.

use chrono::{DateTime, NaiveDateTime, Utc};
use std::time::Duration;

/// Waits are cut to this length, so that adding one to a clock cannot overflow.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How long the header asks to wait from `now` on. A date in the past means no wait; `None` if the
/// header is not valid.
pub(crate) fn parse(header: &str, now: DateTime<Utc>) -> Option<Duration> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = header.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(LONGEST));
    }
    let wait = date(header)? - now;
    Some(wait.to_std().unwrap_or_default().min(LONGEST))
}

fn date(text: &str) -> Option<DateTime<Utc>> {
    [
        "%a, %d %b %Y %H:%M:%S GMT",
        "%A, %d-%b-%y %H:%M:%S GMT",
        "%a %b %e %H:%M:%S %Y",
    ]
    .iter()
    .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
    .map(|moment| moment.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> DateTime<Utc> {
        "1994-11-06T08:49:07Z".parse().expect("a moment")
    }

    #[test]
    fn seconds_and_all_three_date_formats_are_read() {
        for (header, seconds) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("99999999999999999999999", Some(86_400)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(30)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(30)),
            ("Sun Nov  6 08:49:37 1994", Some(30)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(86_400)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("Mon, 06 Nov 1994 08:49:37 GMT", None),
        ] {
            assert_eq!(
                parse(header, now()),
                seconds.map(Duration::from_secs),
                "{header}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_header_is_read_without_a_panic(header in any::<String>()) {
            prop_assert!(parse(&header, now()).is_none_or(|wait| wait <= LONGEST));
        }

        #[test]
        fn a_date_is_read_as_the_time_until_then(seconds in 0..80_000_i64) {
            let then = now() + chrono::TimeDelta::seconds(seconds);
            let header = then.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
            prop_assert_eq!(parse(&header, now()), Some(Duration::from_secs(seconds.cast_unsigned())));
        }
    }
}
