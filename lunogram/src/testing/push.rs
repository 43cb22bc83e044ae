//! What the server would send push messages with.

/// A public VAPID key: an uncompressed point of P-256 in base64url, whose private half nobody has. No message is sent.
pub(super) const VAPID_PUBLIC_KEY: &str =
    "BB7suwcKYth98s0bILXJXL97zpqHquBqZlgyAhcCjN0DgUnU7NsN0HzDiA72fmSL-C4I-UUCbuYik5jcL6HDUGA";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_has_the_form_of_a_point() {
        let sextets = VAPID_PUBLIC_KEY.bytes().map(|byte| match byte {
            b'A'..=b'Z' => Some(byte - b'A'),
            b'a'..=b'z' => Some(byte - b'a' + 26),
            b'0'..=b'9' => Some(byte - b'0' + 52),
            b'-' => Some(62),
            b'_' => Some(63),
            _ => None,
        });
        let sextets = sextets.collect::<Option<Vec<_>>>().expect("base64url");
        // 65 bytes, of which the first says that the point is not compressed; the last two bits say nothing.
        assert_eq!(sextets.len(), (65 * 8_usize).div_ceil(6));
        assert_eq!((sextets[0] << 2) | (sextets[1] >> 4), 4);
        assert_eq!(sextets[86] & 0b11, 0);
    }
}
