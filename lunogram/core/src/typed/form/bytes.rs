//! Bytes, which are sent only in a form that an attribute sets: none of them is the usual one.

use super::{Done, InForm, OwnForm, Schema, forms};
use crate::encode::ValueSerializer;
use serde::Serializer;

/// Implements the forms of bytes.
macro_rules! bytes {
    ($([$($parameters:tt)*] $type:ty;)+) => {
        $(
            impl<$($parameters)*> OwnForm for $type {
                type Form = forms::Unset;
            }

            impl<$($parameters)*> InForm<forms::Base64> for $type {
                const SCHEMA: Schema = Schema::STRING;

                fn write(&self, to: ValueSerializer<'_, '_>) -> Done {
                    to.serialize_str(&base64(self))
                }
            }

            impl<$($parameters)*> InForm<forms::Hex> for $type {
                const SCHEMA: Schema = Schema::STRING;

                fn write(&self, to: ValueSerializer<'_, '_>) -> Done {
                    to.serialize_str(&hex(self))
                }
            }
        )+
    };
}

bytes! {
    [] [u8];
    [] Vec<u8>;
    [const N: usize] [u8; N];
}

#[cfg(feature = "bytes")]
bytes! {
    [] bytes::Bytes;
    [] bytes::BytesMut;
}

/// Base64 with the standard alphabet and padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut bits = 0_u32;
        for at in 0..3 {
            bits = bits << 8 | u32::from(chunk.get(at).copied().unwrap_or_default());
        }
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize];
            text.push(if at <= chunk.len() {
                char::from(digit)
            } else {
                '='
            });
        }
    }
    text
}

/// Two lower-case hexadecimal digits for each byte.
fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{base64, hex};

    #[test]
    fn base64_and_hex_are_those_of_rfc_4648() {
        for (bytes, in_base64, in_hex) in [
            ("", "", ""),
            ("f", "Zg==", "66"),
            ("fo", "Zm8=", "666f"),
            ("foo", "Zm9v", "666f6f"),
            ("foob", "Zm9vYg==", "666f6f62"),
            ("fooba", "Zm9vYmE=", "666f6f6261"),
            ("foobar", "Zm9vYmFy", "666f6f626172"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), in_base64);
            assert_eq!(hex(bytes.as_bytes()), in_hex);
        }
        assert_eq!(base64(&[0, 0xff, 0xfb, 0xef]), "AP/77w==");
        assert_eq!(hex(&[0, 0xff, 0x1a]), "00ff1a");
    }
}
