//! Copies of short pieces, made of a few words that may overlap instead of a call to `memcpy`. The
//! content of a string is checked for characters that need escaping at the same time.

/// The longest piece that can be copied here. All of its bits are set: a bitwise OR compares two
/// lengths at once, and a mask that changes nothing shows the compiler the bound.
pub(super) const SHORT: usize = 31;

/// The same bytes, which must be short, with a bound that the compiler sees.
#[inline(always)]
#[expect(clippy::inline_always, reason = "an instruction")]
pub(super) fn short(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len() & SHORT]
}

/// Copies `from`, which has the length of `to` and at most [`SHORT`] bytes. Returns whether it
/// could.
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

/// Copies `from`, which has the length of `to`, if it is between 32 and 64 bytes long. Returns
/// whether it did.
#[inline(always)]
#[expect(clippy::inline_always, reason = "some moves")]
pub(super) fn copy_medium(to: &mut [u8], from: &[u8]) -> bool {
    from.len() <= 64 && ends::<32>(to, from).is_some()
}

/// Copies like [`copy`], and returns whether no byte needs escaping in a JSON string.
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
        // The last word may overlap those checked already.
        Some(last) => specials_of(words) | specials(u64::from_le_bytes(*last)),
        None => rest.iter().fold(0, |special, &byte| {
            special | specials(LANES * u64::from(byte))
        }),
    };
    special & HIGH == 0
}

#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "callers mostly know the number of words"
)]
fn specials_of(words: &[[u8; 8]]) -> u64 {
    words.iter().fold(0, |special, word| {
        special | specials(u64::from_le_bytes(*word))
    })
}

const LANES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The result has the high bit of some byte set exactly if `word` contains a control character, a
/// quote or a backslash.
///
/// The subtraction borrows into the high bit of each byte that is too small. Bytes that had the bit
/// before, which are not ASCII, are masked out. A borrow can only come from a byte that is itself
/// such a character.
#[inline]
const fn specials(word: u64) -> u64 {
    // Flipping the second bit puts the quote directly after the control characters, and moves
    // nothing else among them.
    let low = word ^ (LANES * 0x02);
    let backslash = word ^ (LANES * b'\\' as u64);
    (low.wrapping_sub(LANES * 0x21) | backslash.wrapping_sub(LANES)) & !word
}

/// Copies the first `N` and the last `N` bytes of a piece with at most 2 · `N` bytes, and returns
/// them.
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
    fn bytes_are_checked_alike_at_every_position() {
        for byte in 0..=0xff_u8 {
            let special = byte < 0x20 || byte == b'"' || byte == b'\\';
            for filler in [b'a', 0x7f, 0x80, 0xff] {
                for length in 1..=SHORT {
                    for at in 0..length {
                        let mut text = vec![filler; length];
                        text[at] = byte;
                        let mut copied = vec![0; length];
                        let plain = copy_plain(&mut copied, &text);
                        assert_eq!(plain, !special, "{byte:#x} at {at} of {length}");
                        assert_eq!(is_plain(&text), !special, "{byte:#x} at {at} of {length}");
                        assert_eq!(copied, text);
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
