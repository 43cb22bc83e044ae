//! The ISO 8601 formats: `P1Y2M10DT2H30M`, `P0001-02-03T04:05:06`, `P00010203T040506`.

use super::total::{Number, Total};
use super::unit::Unit;

/// The largest number that `PostgreSQL` accepts here.
const MAX_NUMBER: f64 = 1e15;

pub(super) fn parse(literal: &str) -> Option<Total> {
    let mut reader = Reader {
        rest: literal.strip_prefix('P').filter(|rest| !rest.is_empty())?,
        total: Total::default(),
    };
    reader.date()?;
    Some(reader.total)
}

/// Whether a literal is spelled in this format, be it valid or not.
pub(super) fn is_plain(literal: &str) -> bool {
    let is_known = |c: char| c.is_ascii_digit() || "-.:TYMWDHS".contains(c);
    literal
        .strip_prefix('P')
        .is_some_and(|rest| rest.chars().all(is_known))
}

struct Reader<'a> {
    rest: &'a str,
    total: Total,
}

/// A number and the number of digits in its integer part.
struct Digits {
    number: Number,
    width: usize,
}

impl<'a> Reader<'a> {
    fn date(&mut self) -> Option<()> {
        let mut first = true;
        while !self.rest.is_empty() {
            if self.eat('T') {
                return self.time();
            }
            let digits = self.digits()?;
            match self.rest.chars().next() {
                Some(unit @ ('Y' | 'M' | 'W' | 'D')) => {
                    self.eat(unit);
                    let unit = match unit {
                        'Y' => Unit::Year,
                        'M' => Unit::Month,
                        'W' => Unit::Week,
                        _ => Unit::Day,
                    };
                    self.total.add(digits.number, unit)?;
                }
                None | Some('T') if first && digits.width == 8 => {
                    self.basic_date(&digits.number)?;
                }
                None | Some('T' | '-') if first => self.extended_date(&digits.number)?,
                _ => return None,
            }
            first = false;
        }
        Some(())
    }

    /// `YYYYMMDD`.
    fn basic_date(&mut self, number: &Number) -> Option<()> {
        let whole = number.whole;
        let part = |whole| Number {
            whole,
            fraction: 0.0,
        };
        self.total.add(part(whole / 10_000), Unit::Year)?;
        self.total.add(part(whole / 100 % 100), Unit::Month)?;
        let days = Number {
            whole: whole % 100,
            fraction: number.fraction,
        };
        self.total.add(days, Unit::Day)
    }

    /// The rest of `YYYY-MM-DD` after the year.
    fn extended_date(&mut self, years: &Number) -> Option<()> {
        self.total.add(*years, Unit::Year)?;
        for unit in [Unit::Month, Unit::Day] {
            if !self.eat('-') {
                break;
            }
            let digits = self.digits()?;
            self.total.add(digits.number, unit)?;
        }
        (self.rest.is_empty() || self.rest.starts_with('T')).then_some(())
    }

    fn time(&mut self) -> Option<()> {
        let mut first = true;
        while !self.rest.is_empty() {
            // A second `T` restarts the time.
            if self.eat('T') {
                first = true;
                continue;
            }
            let digits = self.digits()?;
            match self.rest.chars().next() {
                Some(unit @ ('H' | 'M' | 'S')) => {
                    self.eat(unit);
                    let unit = match unit {
                        'H' => Unit::Hour,
                        'M' => Unit::Minute,
                        _ => Unit::Second,
                    };
                    self.total.add(digits.number, unit)?;
                }
                None if first && digits.width == 6 => return self.basic_time(&digits.number),
                None | Some(':') if first => return self.extended_time(&digits.number),
                _ => return None,
            }
            first = false;
        }
        Some(())
    }

    /// `HHMMSS`. A fraction is in microseconds, as in `PostgreSQL` 15: `PT000000.5` is zero.
    fn basic_time(&mut self, number: &Number) -> Option<()> {
        let whole = number.whole;
        let part = |whole| Number {
            whole,
            fraction: 0.0,
        };
        self.total.add(part(whole / 10_000), Unit::Hour)?;
        self.total.add(part(whole / 100 % 100), Unit::Minute)?;
        self.total.add(part(whole % 100), Unit::Second)?;
        let micros = Number {
            whole: 0,
            fraction: number.fraction,
        };
        self.total.add(micros, Unit::Microsecond)
    }

    /// The rest of `HH:MM:SS` after the hours.
    fn extended_time(&mut self, hours: &Number) -> Option<()> {
        self.total.add(*hours, Unit::Hour)?;
        for unit in [Unit::Minute, Unit::Second] {
            if !self.eat(':') {
                break;
            }
            let digits = self.digits()?;
            self.total.add(digits.number, unit)?;
        }
        self.rest.is_empty().then_some(())
    }

    fn eat(&mut self, expected: char) -> bool {
        match self.rest.strip_prefix(expected) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// `-12.5`, `.5`, `12.`.
    fn digits(&mut self) -> Option<Digits> {
        let negative = self.eat('-');
        let whole = self.run();
        let fraction = if self.eat('.') { self.run() } else { "" };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let value: f64 = format!("0{whole}.{fraction}0").parse().ok()?;
        if value > MAX_NUMBER {
            return None;
        }
        let sign = if negative { -1.0 } else { 1.0 };
        let signed = value * sign;
        #[expect(clippy::cast_possible_truncation, reason = "the bound is checked")]
        let number = Number {
            whole: signed.trunc() as i64,
            fraction: signed - signed.trunc(),
        };
        Some(Digits {
            number,
            width: whole.len(),
        })
    }

    fn run(&mut self) -> &'a str {
        let end = self
            .rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        digits
    }
}
