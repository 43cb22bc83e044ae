//! The text of JSON numbers.

use super::buffer::Buffer;

#[inline]
pub(super) fn integer(out: &mut Buffer, value: impl itoa::Integer) {
    out.extend_from_short(itoa::Buffer::new().format(value).as_bytes());
}

/// Appends `key` and the integer.
#[inline]
pub(super) fn unsigned(out: &mut Buffer, key: &[u8], value: u64) {
    match up_to_four(value) {
        Some((digits, length)) => out.extend_from_word(key, digits, length),
        None => larger(out, key, value),
    }
}

#[inline(never)]
fn larger(out: &mut Buffer, key: &[u8], value: u64) {
    out.extend_from_short(key);
    integer(out, value);
}

/// The digits of a number with at most four, the first one in the lowest byte, and their count.
#[inline]
fn up_to_four(number: u64) -> Option<(u64, usize)> {
    let ((pair, zero), last_pair) = match number {
        0..100 => (pair(number), None),
        100..10_000 => (pair(number / 100), Some(pair(number % 100).0)),
        _ => return None,
    };
    let (word, length) = match last_pair {
        Some(last_pair) => (pair | last_pair << 16, 4),
        None => (pair, 2),
    };
    Some(if zero {
        (word >> 8, length - 1)
    } else {
        (word, length)
    })
}

/// The two digits of a number below 100, the first one in the lower byte, and whether that one is a
/// zero.
#[inline]
fn pair(number: u64) -> (u64, bool) {
    const PAIRS: [u16; 100] = {
        let mut pairs = [0; 100];
        let mut number = 0_u8;
        while number < 100 {
            pairs[number as usize] = u16::from_le_bytes([b'0' + number / 10, b'0' + number % 10]);
            number += 1;
        }
        pairs
    };
    let pair = usize::try_from(number).ok().and_then(|at| PAIRS.get(at));
    (pair.copied().map_or(0, u64::from), number < 10)
}

/// `value` must be finite.
#[inline]
pub(super) fn float(out: &mut Buffer, value: impl zmij::Float) {
    out.extend_from_short(zmij::Buffer::new().format_finite(value).as_bytes());
}

/// Appends `key` and `value` if it is a number with at most two decimals and 15 digits, as amounts
/// of money and many measures are. Returns whether it was.
///
/// No two such decimal numbers are the same `f64`, so if one equals `value`, it is also the
/// shortest text that reads back as `value`, and the general search for that text is not needed.
#[inline]
pub(super) fn hundredths(out: &mut Buffer, key: &[u8], value: f64) -> bool {
    /// 2^52: added to a smaller number, it leaves the nearest integer in the lower bits.
    const ROUNDING: f64 = 4_503_599_627_370_496.0;
    const BELOW: f64 = 1e13;
    if !(value < BELOW && value.is_sign_positive()) {
        return false;
    }
    let sum = value * 100.0 + ROUNDING;
    // Both numbers are exact, so their rounded quotient is the `f64` that the decimal text reads
    // back as.
    #[expect(clippy::float_cmp, reason = "the comparison has to be exact")]
    let differs = (sum - ROUNDING) / 100.0 != value;
    if differs {
        return false;
    }
    let hundredths = sum.to_bits() & ((1 << 52) - 1);
    let (whole, decimals) = (hundredths / 100, hundredths % 100);
    let fraction = u64::from(b'.') | pair(decimals).0 << 8;
    let digits = if fraction >> 16 == u64::from(b'0') {
        2
    } else {
        3
    };
    match up_to_four(whole) {
        Some((before, length)) => {
            out.extend_from_word(key, before | fraction << (8 * length), length + digits);
        }
        None => larger_with(out, key, whole, fraction, digits),
    }
    true
}

#[inline(never)]
fn larger_with(out: &mut Buffer, key: &[u8], whole: u64, fraction: u64, digits: usize) {
    larger(out, key, whole);
    out.extend_from_word(b"", fraction, digits);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn agrees(value: f64) -> Result<(), TestCaseError> {
        let mut quick = Buffer::default();
        if hundredths(&mut quick, b"", value) {
            let mut shortest = Buffer::default();
            float(&mut shortest, value);
            prop_assert_eq!(quick.written(), shortest.written());
        }
        Ok(())
    }

    fn text(value: f64) -> Option<String> {
        let mut out = Buffer::default();
        hundredths(&mut out, b"", value)
            .then(|| String::from_utf8_lossy(out.written()).into_owned())
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
    fn other_numbers_are_left_to_the_search() {
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
            // The neighbouring floats, which are no amounts unless they are large.
            agrees(f64::from_bits(value.to_bits().saturating_add_signed(step)))?;
        }

        #[test]
        fn any_number_is_written_as_its_shortest_text(value: f64) {
            agrees(value)?;
        }

        #[test]
        fn integers_are_written_digit_by_digit(value in prop_oneof![0_u64..12_000, any::<u64>()]) {
            let mut out = Buffer::default();
            unsigned(&mut out, b"", value);
            let expected = value.to_string();
            prop_assert_eq!(out.written(), expected.as_bytes());
        }
    }
}
