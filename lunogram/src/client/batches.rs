//! JSON arrays of items that are sent in one request.

use crate::encode::{self, Buffer, Encode, Writer};
use lunogram_core::Problem;

/// Encodes the items, in order, as one JSON array.
///
/// # Errors
/// Every problem of every item, with a path that starts with the index of the item. The first item
/// has the index `start`.
pub(super) fn array<I>(
    items: &[I],
    start: usize,
    item: &dyn Fn(&I, &mut Writer<'_>),
) -> Result<Vec<u8>, Vec<Problem>> {
    let mut array = Buffer::default();
    let mut problems = Vec::new();
    array.push(b'[');
    for (index, value) in items.iter().enumerate() {
        if index > 0 {
            array.push(b',');
        }
        // A writer per item: it looks up what it has written, and must find only this item.
        let encode: Encode<'_> = &|writer: &mut Writer| item(value, writer);
        if let Err(found) = encode::append(&mut array, encode) {
            let path = format!("[{}]", start + index);
            problems.extend(found.iter().map(|problem| problem.under(&path)));
        }
    }
    array.push(b']');
    if problems.is_empty() {
        Ok(array.into_written())
    } else {
        Err(problems)
    }
}
