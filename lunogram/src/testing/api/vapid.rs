//! The public key of web push.

/// A public VAPID key: an uncompressed P-256 point in base64url. Its private key was discarded,
/// since the server sends no push messages.
pub(super) const VAPID_PUBLIC_KEY: &str =
    "BB7suwcKYth98s0bILXJXL97zpqHquBqZlgyAhcCjN0DgUnU7NsN0HzDiA72fmSL-C4I-UUCbuYik5jcL6HDUGA";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_an_uncompressed_p256_point() {
        let sextets = VAPID_PUBLIC_KEY.bytes().map(|byte| match byte {
            b'A'..=b'Z' => Some(byte - b'A'),
            b'a'..=b'z' => Some(byte - b'a' + 26),
            b'0'..=b'9' => Some(byte - b'0' + 52),
            b'-' => Some(62),
            b'_' => Some(63),
            _ => None,
        });
        let sextets = sextets.collect::<Option<Vec<_>>>().expect("base64url");
        // 65 bytes. The first byte is 4, for an uncompressed point, and the last two bits are
        // padding.
        assert_eq!(sextets.len(), (65 * 8_usize).div_ceil(6));
        assert_eq!((sextets[0] << 2) | (sextets[1] >> 4), 4);
        assert_eq!(sextets[86] & 0b11, 0);
    }
}
