//! The format with units or a clock: `1 day 08:00`, `@ 2 weeks`, `1-2 3 4:05:06`.
//!
//! Read from right to left, as in `PostgreSQL`: a number takes the unit to its right, a number at
//! the end is in seconds, and a number before a clock or an hour is in days. Each unit may occur
//! once.

use super::spelling::{Field, fields};
use super::total::{Clock, Number, Total};
use super::unit::Unit;

pub(super) fn parse(literal: &str) -> Option<Total> {
    let fields = fields(literal)?;
    let mut total = Total::default();
    let mut ago = false;
    let mut seen = 0;
    let mut unit = Some(Unit::Second);
    for field in fields.into_iter().rev() {
        let taken = match field {
            Field::Ago => {
                ago = true;
                // A number before `ago` lacks its unit; a clock needs none.
                unit = None;
                continue;
            }
            Field::Unit(named) => {
                unit = Some(named);
                continue;
            }
            Field::Clock {
                negative,
                digits,
                third,
                fraction,
            } => {
                total.set_clock(negative, clock(digits, third, fraction)?)?;
                unit = Some(Unit::Day);
                CLOCK
            }
            Field::YearMonth {
                negative,
                years,
                months,
            } => {
                total.add(year_month(negative, years, months)?, Unit::Month)?;
                unit = Some(Unit::Month);
                Unit::Month.bit()
            }
            Field::Number {
                negative,
                whole,
                fraction,
            } => {
                let number = number(negative, whole, fraction)?;
                let this = unit?;
                total.add(number, this)?;
                if this == Unit::Hour {
                    unit = Some(Unit::Day);
                }
                taken(this, number)
            }
        };
        if seen & taken != 0 {
            return None;
        }
        seen |= taken;
    }
    if seen == 0 {
        return None;
    }
    if ago { total.negated() } else { Some(total) }
}

const PARTS_OF_SECOND: [Unit; 3] = [Unit::Second, Unit::Millisecond, Unit::Microsecond];

/// The bits of the units that a clock sets.
const CLOCK: u16 = 0b1_1111;

/// The bits of the units that a number sets. Fractional seconds also set the smaller units.
fn taken(unit: Unit, number: Number) -> u16 {
    if unit == Unit::Second && number.fraction != 0.0 {
        PARTS_OF_SECOND
            .iter()
            .fold(0, |bits, part| bits | part.bit())
    } else {
        unit.bit()
    }
}

/// `hh:mm`, `hh:mm:ss`, `hh:mm:ss.f`, or `mm:ss.f`.
fn clock([first, second]: [&str; 2], third: Option<&str>, fraction: &str) -> Option<Clock> {
    let (hours, minutes, seconds) = match third {
        Some(third) => (first, second, third),
        None if !fraction.is_empty() => ("0", first, second),
        None => (first, second, "0"),
    };
    Some(Clock {
        hours: hours.parse().ok()?,
        minutes: minutes.parse().ok().filter(|minutes| *minutes < 60)?,
        // `PostgreSQL` accepts 60 seconds in a minute.
        seconds: seconds.parse().ok().filter(|seconds| *seconds <= 60)?,
        fraction: fraction_of(fraction)?,
    })
}

/// `years-months` as months.
fn year_month(negative: bool, years: &str, months: &str) -> Option<Number> {
    let years = signed(negative, years)?;
    let months = signed(negative, months).filter(|months| months.abs() < 12)?;
    Some(Number {
        whole: years.checked_mul(12)?.checked_add(months)?,
        fraction: 0.0,
    })
}

fn number(negative: bool, whole: &str, fraction: &str) -> Option<Number> {
    let fraction = fraction_of(fraction)?;
    Some(Number {
        whole: if whole.is_empty() {
            0
        } else {
            signed(negative, whole)?
        },
        fraction: if negative { -fraction } else { fraction },
    })
}

/// Digits with their sign: the smallest number has no positive counterpart.
fn signed(negative: bool, digits: &str) -> Option<i64> {
    if negative {
        format!("-{digits}").parse().ok()
    } else {
        digits.parse().ok()
    }
}

fn fraction_of(digits: &str) -> Option<f64> {
    format!("0.{digits}").parse().ok()
}
