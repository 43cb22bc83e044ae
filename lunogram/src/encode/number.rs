//! The text of JSON numbers.

use super::buffer::Buffer;

#[inline]
pub(super) fn integer(out: &mut Buffer, value: impl itoa::Integer) {
    out.extend_from_short(itoa::Buffer::new().format(value).as_bytes());
}

/// What is below a hundred, as most counts are.
#[inline]
pub(super) fn unsigned(out: &mut Buffer, value: u64) {
    match u8::try_from(value) {
        Ok(digit @ 0..10) => out.push(b'0' + digit),
        Ok(number @ 10..100) => out.extend_from_slice(&digits(number)),
        _ => integer(out, value),
    }
}

#[inline]
fn digits(number: u8) -> [u8; 2] {
    [b'0' + number / 10, b'0' + number % 10]
}

/// `value` must be finite.
#[inline]
pub(super) fn float(out: &mut Buffer, value: impl zmij::Float) {
    out.extend_from_short(zmij::Buffer::new().format_finite(value).as_bytes());
}

/// Amounts of money and many measures: numbers with up to two decimals and fifteen digits in all. No two of those are the
/// same `f64`, so where one of them is `value` it is also the shortest text that is, and it is found without a search.
/// Tells whether it was one.
#[inline]
pub(super) fn hundredths(out: &mut Buffer, value: f64) -> bool {
    /// Added to a smaller number, it leaves the nearest integer in the lower bits.
    const ROUNDING: f64 = (1_u64 << 52) as f64;
    const BELOW: f64 = 1e13;
    if !(value < BELOW && value.is_sign_positive()) {
        return false;
    }
    let sum = value * 100.0 + ROUNDING;
    // Both numbers are exact, so their quotient is what the decimal number is read as.
    if (sum - ROUNDING) / 100.0 != value {
        return false;
    }
    let hundredths = sum.to_bits() & ((1 << 52) - 1);
    unsigned(out, hundredths / 100);
    let decimals = digits(u8::try_from(hundredths % 100).unwrap_or_default());
    out.extend_from_slice(&[b'.', decimals[0], decimals[1]]);
    if decimals[1] == b'0' {
        out.truncate(out.len() - 1);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn agrees(value: f64) -> Result<(), TestCaseError> {
        let mut quick = Buffer::default();
        if hundredths(&mut quick, value) {
            let mut shortest = Buffer::default();
            float(&mut shortest, value);
            prop_assert_eq!(quick.written(), shortest.written());
        }
        Ok(())
    }

    fn text(value: f64) -> Option<String> {
        let mut out = Buffer::default();
        hundredths(&mut out, value).then(|| String::from_utf8_lossy(out.written()).into_owned())
    }

    #[test]
    fn amounts_are_written_without_a_search() {
        for (value, expected) in [
            (0.0, "0.0"),
            (0.01, "0.01"),
            (0.3, "0.3"),
            (5.0, "5.0"),
            (99.99, "99.99"),
            (1_234.5, "1234.5"),
            (9_999_999_999_999.99, "9999999999999.99"),
        ] {
            assert_eq!(text(value).as_deref(), Some(expected));
        }
    }

    #[test]
    fn everything_else_is_left_to_the_search() {
        let none = [0.1 + 0.2, 0.005, 1e-9, -1.5, -0.0, 1e13, f64::MAX];
        for value in none
            .into_iter()
            .chain([f64::NAN, f64::INFINITY, f64::NEG_INFINITY])
        {
            assert_eq!(text(value), None, "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_amount_is_written_as_its_shortest_text(cents in 0_u64..1_000_000_000_000_000, step in -2_i64..3) {
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
            let value = cents as f64 / 100.0;
            prop_assert!(text(value).is_some());
            agrees(value)?;
            // The neighbours, which are no amounts unless they are large.
            agrees(f64::from_bits(value.to_bits().saturating_add_signed(step)))?;
        }

        #[test]
        fn so_is_any_number(value: f64) {
            agrees(value)?;
        }

        #[test]
        fn small_integers_have_their_digits(value in prop_oneof![0_u64..1_000, any::<u64>()]) {
            let mut out = Buffer::default();
            unsigned(&mut out, value);
            let expected = value.to_string();
            prop_assert_eq!(out.written(), expected.as_bytes());
        }
    }
}
