//! Copies of short pieces, made of a few words that may overlap instead of a call to `memcpy`, and judged on their way
//! where they are the content of a string.

/// What is no longer than this can be copied here. All of its bits are set, so that two lengths are compared at once, and a
/// mask that changes nothing tells the compiler what a length cannot exceed.
pub(super) const SHORT: usize = 31;

/// What is known to be short, in a way that the compiler sees.
#[inline(always)]
#[expect(clippy::inline_always, reason = "an instruction")]
pub(super) fn short(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len() & SHORT]
}

/// Copies `from`, which is as long as `to` and [`SHORT`] at most, and tells whether it could.
#[inline(always)]
#[expect(clippy::inline_always, reason = "some moves")]
pub(super) fn copy(to: &mut [u8], from: &[u8]) -> bool {
    ends::<16>(to, from).is_some()
        || ends::<8>(to, from).is_some()
        || ends::<4>(to, from).is_some()
        || ends::<2>(to, from).is_some()
        || ends::<1>(to, from).is_some()
        || from.is_empty()
}

/// The same, and only of bytes that need no escaping in a JSON string.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "some moves, and strings are most of most events"
)]
pub(super) fn copy_plain(to: &mut [u8], from: &[u8]) -> bool {
    if let Some(both) = ends::<16>(to, from) {
        return specials_of(both.as_flattened().as_chunks().0) & HIGH == 0;
    }
    if let Some(both) = ends::<8>(to, from) {
        return specials_of(&both) & HIGH == 0;
    }
    let word = if let Some([first, last]) = ends::<4>(to, from) {
        u64::from(u32::from_le_bytes(first)) << 32 | u64::from(u32::from_le_bytes(last))
    } else if let Some([first, last]) = ends::<2>(to, from) {
        let both = u64::from(u16::from_le_bytes(first)) << 16 | u64::from(u16::from_le_bytes(last));
        both << 32 | both
    } else if let Some([[only], _]) = ends::<1>(to, from) {
        LANES * u64::from(only)
    } else {
        return true;
    };
    specials(word) & HIGH == 0
}

/// Whether none of these bytes needs escaping in a JSON string.
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks();
    let special = match bytes.last_chunk() {
        // Together with some that were judged already.
        Some(last) => specials_of(words) | specials(u64::from_le_bytes(*last)),
        None => rest.iter().fold(0, |special, &byte| {
            special | specials(LANES * u64::from(byte))
        }),
    };
    special & HIGH == 0
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "their number is mostly known")]
fn specials_of(words: &[[u8; 8]]) -> u64 {
    words.iter().fold(0, |special, word| {
        special | specials(u64::from_le_bytes(*word))
    })
}

const LANES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Has the high bit of some byte set just where a byte of `word` is a control character, a quote or a backslash.
///
/// Subtracting borrows into the high bit of each byte that is too small; those that had it before, which only bytes
/// beyond ASCII have, are masked out. A borrow can only pass on from a byte that is itself such a character.
#[inline]
const fn specials(word: u64) -> u64 {
    // With its second bit flipped, a quote follows the control characters, and nothing else comes to be among them.
    let low = word ^ (LANES * 0x02);
    let backslash = word ^ (LANES * b'\\' as u64);
    (low.wrapping_sub(LANES * 0x21) | backslash.wrapping_sub(LANES)) & !word
}

/// Copies the first `N` bytes and the last ones, which together are all of at most twice as many, and gives them.
#[inline(always)]
#[expect(clippy::inline_always, reason = "two moves")]
fn ends<const N: usize>(to: &mut [u8], from: &[u8]) -> Option<[[u8; N]; 2]> {
    let both = [*from.first_chunk::<N>()?, *from.last_chunk::<N>()?];
    *to.first_chunk_mut::<N>()? = both[0];
    *to.last_chunk_mut::<N>()? = both[1];
    Some(both)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_at_every_place_is_judged_as_if_alone() {
        for byte in 0..=0xff_u8 {
            let special = byte < 0x20 || byte == b'"' || byte == b'\\';
            for filler in [b'a', 0x7f, 0x80, 0xff] {
                for length in 1..=SHORT {
                    for at in 0..length {
                        let mut text = vec![filler; length];
                        text[at] = byte;
                        let mut place = vec![0; length];
                        let plain = copy_plain(&mut place, &text);
                        assert_eq!(plain, !special, "{byte:#x} at {at} of {length}");
                        assert_eq!(is_plain(&text), !special, "{byte:#x} at {at} of {length}");
                        assert_eq!(place, text);
                    }
                }
            }
        }
    }

    #[test]
    fn text_beyond_ascii_is_plain() {
        let text = "zażółć gęślą jaźń, 日本語 🦀🦀🦀".as_bytes();
        assert!(is_plain(text));
        let half = &text[..text.len() / 2];
        assert!(copy_plain(&mut vec![0; half.len()], half));
    }

    #[test]
    fn every_short_length_is_copied() {
        for length in 0..=SHORT {
            let from = vec![b'a'; length];
            let mut to = vec![0xff; length];
            assert!(copy(&mut to, &from));
            assert_eq!(to, from);
        }
    }
}
