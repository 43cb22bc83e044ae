//! The fingerprint of a planned property, which the compiler compares instead of its text: it
//! evaluates one comparison of numbers in a fraction of the time of one of texts.

/// The largest prime below 2^64.
const MODULUS: u128 = 0xffff_ffff_ffff_ffc5;

const FACTOR: u128 = 0x9e37_79b9_7f4a_7c15;

/// The fingerprint of a text that is given in pieces. Derives and runtimes of different releases
/// compute it, so it stays the same in all of them. Two different texts have the same one with a
/// probability of about 2^-64, unless they were made to.
#[derive(Clone, Copy, Debug)]
pub struct Fingerprint(u128);

impl Fingerprint {
    /// Of no text yet, of a property that is required or not.
    #[must_use]
    pub const fn new(required: bool) -> Self {
        Self(if required { 1 } else { 2 })
    }

    /// With one more piece of the text.
    #[must_use]
    pub const fn with(self, piece: &str) -> Self {
        let bytes = piece.as_bytes();
        let (mut value, mut at) = (self.0, 0);
        while at < bytes.len() {
            // At most 2^64 · 2^64.
            value = (value * FACTOR + bytes[at] as u128) % MODULUS;
            at += 1;
        }
        Self(value)
    }

    /// The fingerprint as a number.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "it is below the modulus")]
    pub const fn number(self) -> u64 {
        self.0 as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_is_that_of_the_whole_text() {
        let of = |required, pieces: &[&str]| {
            let start = Fingerprint::new(required);
            let whole = pieces.iter().fold(start, |all, piece| all.with(piece));
            whole.number()
        };
        assert_eq!(of(true, &["ab", "", "c"]), of(true, &["abc"]));
        // As every release computes it.
        assert_eq!(of(true, &["{\"type\": \"string\"}"]), 0xd04e_4cf8_7577_f810);
        let different = [
            of(true, &["abc"]),
            of(false, &["abc"]),
            of(true, &["acb"]),
            of(true, &["abd"]),
            of(true, &["abc\0"]),
            of(true, &[]),
            of(false, &[]),
            of(
                true,
                &["a much longer text than the others, of more than 64 bits"],
            ),
            of(
                true,
                &["a much longer text than the others, of more than 65 bits"],
            ),
        ];
        for (at, one) in different.iter().enumerate() {
            assert!(!different[at + 1..].contains(one), "{at}");
        }
    }
}
