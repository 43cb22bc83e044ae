//! Amounts of `rust_decimal`: exactly and as a string, whatever its features say about serde.

use super::text::text;
use super::{Done, InForm, OwnForm, Schema, forms};
use crate::encode::ValueSerializer;
use rust_decimal::Decimal;

text!(Decimal, Schema::STRING);
