//! The sum of an interval, in the integer widths of `PostgreSQL`.

use super::unit::Unit;

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// Years, months, days and microseconds. A literal is invalid if one of these sums overflows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Total {
    years: i32,
    months: i32,
    days: i32,
    micros: i64,
}

/// A number in a literal: its integer part and its fraction, both with the sign of the number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    pub(super) whole: i64,
    pub(super) fraction: f64,
}

/// A time of day in a literal, without its sign.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    pub(super) hours: i64,
    pub(super) minutes: i64,
    pub(super) seconds: i64,
    /// A part of a second.
    pub(super) fraction: f64,
}

impl Total {
    /// Adds `number` units. A fraction carries over to smaller units: a month has 30 days, a day
    /// 24 hours.
    pub(super) fn add(&mut self, number: Number, unit: Unit) -> Option<()> {
        let Number { whole, fraction } = number;
        match unit {
            Unit::Microsecond => self.add_micros(whole, fraction, 1),
            Unit::Millisecond => self.add_micros(whole, fraction, 1_000),
            Unit::Second => self.add_micros(whole, fraction, MICROS_PER_SECOND),
            Unit::Minute => self.add_micros(whole, fraction, 60 * MICROS_PER_SECOND),
            Unit::Hour => self.add_micros(whole, fraction, 3_600 * MICROS_PER_SECOND),
            Unit::Day => {
                self.add_days(whole, 1)?;
                self.add_micros(0, fraction, MICROS_PER_DAY)
            }
            Unit::Week => {
                self.add_days(whole, 7)?;
                self.add_fraction_of_days(fraction, 7)
            }
            Unit::Month => {
                self.months = self.months.checked_add(i32::try_from(whole).ok()?)?;
                self.add_fraction_of_days(fraction, 30)
            }
            Unit::Year => self.add_years(whole, fraction, 1),
            Unit::Decade => self.add_years(whole, fraction, 10),
            Unit::Century => self.add_years(whole, fraction, 100),
            Unit::Millennium => self.add_years(whole, fraction, 1_000),
        }
    }

    fn add_years(&mut self, whole: i64, fraction: f64, scale: i32) -> Option<()> {
        let years = i32::try_from(whole).ok()?.checked_mul(scale)?;
        self.years = self.years.checked_add(years)?;
        let months = (fraction * f64::from(scale) * 12.0).round_ties_even();
        self.months = self.months.checked_add(truncated_i32(months)?)?;
        Some(())
    }

    fn add_days(&mut self, whole: i64, scale: i32) -> Option<()> {
        let days = i32::try_from(whole).ok()?.checked_mul(scale)?;
        self.days = self.days.checked_add(days)?;
        Some(())
    }

    /// Adds a fraction of `scale` days: its whole days as days, and the rest as microseconds.
    fn add_fraction_of_days(&mut self, fraction: f64, scale: i32) -> Option<()> {
        let carried = fraction * f64::from(scale);
        let carried_days = carried.trunc();
        self.days = self.days.checked_add(truncated_i32(carried_days)?)?;
        self.add_micros(0, carried - carried_days, MICROS_PER_DAY)
    }

    fn add_micros(&mut self, whole: i64, fraction: f64, scale: i64) -> Option<()> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a day of microseconds fits a double"
        )]
        let carried = fraction * scale as f64;
        let carried = rounded_half_to_zero(carried)?;
        self.micros = self
            .micros
            .checked_add(whole.checked_mul(scale)?)?
            .checked_add(carried)?;
        Some(())
    }

    /// Sets everything that is shorter than a day: `1:00 0.5 days` is one hour. `PostgreSQL` drops
    /// the fractions to the right of a clock.
    ///
    /// The fraction of a second is rounded to the nearest microsecond, and halves to the even one.
    pub(super) fn set_clock(&mut self, negative: bool, clock: Clock) -> Option<()> {
        self.micros = 0;
        self.add_micros(clock.hours, 0.0, 3_600 * MICROS_PER_SECOND)?;
        self.add_micros(clock.minutes, 0.0, 60 * MICROS_PER_SECOND)?;
        self.add_micros(clock.seconds, 0.0, MICROS_PER_SECOND)?;
        #[expect(clippy::cast_possible_truncation, reason = "at most a second")]
        let fraction = (clock.fraction * 1e6).round_ties_even() as i64;
        self.add_micros(fraction, 0.0, 1)?;
        if negative {
            self.micros = self.micros.checked_neg()?;
        }
        Some(())
    }

    /// The negated interval, for `ago`.
    pub(super) fn negated(self) -> Option<Self> {
        Some(Self {
            years: self.years.checked_neg()?,
            months: self.months.checked_neg()?,
            days: self.days.checked_neg()?,
            micros: self.micros.checked_neg()?,
        })
    }

    /// The length that `PostgreSQL` uses for comparisons.
    pub(super) fn microseconds(self) -> Option<i128> {
        let months = i64::from(self.years) * 12 + i64::from(self.months);
        let months = i32::try_from(months).ok()?;
        let days = i128::from(months) * 30 + i128::from(self.days);
        Some(days * i128::from(MICROS_PER_DAY) + i128::from(self.micros))
    }
}

/// Rounds to the nearest integer, and halves towards zero.
fn rounded_half_to_zero(value: f64) -> Option<i64> {
    let whole = value.trunc();
    let rest = value - whole;
    let step = if rest > 0.5 {
        1.0
    } else if rest < -0.5 {
        -1.0
    } else {
        0.0
    };
    let rounded = whole + step;
    #[expect(clippy::cast_possible_truncation, reason = "the bound is checked")]
    (rounded.abs() < 9.2e18).then_some(rounded as i64)
}

fn truncated_i32(value: f64) -> Option<i32> {
    #[expect(clippy::cast_possible_truncation, reason = "the bound is checked")]
    (value.abs() < 2_147_483_648.0).then_some(value as i32)
}
