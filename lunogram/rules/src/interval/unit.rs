//! The units of an interval and their names.

/// A unit, smallest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Microsecond,
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
    Decade,
    Century,
    Millennium,
}

impl Unit {
    /// The unit with this name, in any case.
    pub(super) fn named(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "us" | "usec" | "usecs" | "usecond" | "useconds" | "microsecond" | "microseconds" => {
                Self::Microsecond
            }
            "ms" | "msec" | "msecs" | "mseconds" | "millisecond" | "milliseconds" => {
                Self::Millisecond
            }
            "s" | "sec" | "secs" | "second" | "seconds" => Self::Second,
            "m" | "min" | "mins" | "minute" | "minutes" => Self::Minute,
            "h" | "hr" | "hrs" | "hour" | "hours" => Self::Hour,
            "d" | "day" | "days" => Self::Day,
            "w" | "week" | "weeks" => Self::Week,
            "mon" | "mons" | "month" | "months" => Self::Month,
            "y" | "yr" | "yrs" | "year" | "years" => Self::Year,
            "dec" | "decs" | "decade" | "decades" => Self::Decade,
            "c" | "cent" | "century" | "centuries" => Self::Century,
            "mil" | "mils" | "millennium" | "millennia" => Self::Millennium,
            _ => return None,
        })
    }

    /// Whether a number may follow this name without a space, as in `1h30m`.
    ///
    /// `PostgreSQL` splits a word from a digit only if the word is in its table of words in dates,
    /// which has `h` for hour but not `hr`, and `mon` for Monday but not `w`.
    pub(super) fn ends_at_digit(word: &str) -> bool {
        const WORDS_IN_DATES: [&str; 7] = ["y", "mon", "d", "h", "m", "s", "dec"];
        WORDS_IN_DATES
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known))
    }

    /// The bit of this unit in the set of units that a literal has used.
    pub(super) fn bit(self) -> u16 {
        1 << (self as u16)
    }
}
