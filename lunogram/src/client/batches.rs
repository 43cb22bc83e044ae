//! JSON arrays of items that are sent in one request.

use crate::encode::{self, Buffer, Encode, Writer};
use crate::problem::{Invalid, Payload};

/// Encodes the items, in order, as JSON arrays of at most `max_items` each. Without items there is
/// no array.
///
/// # Errors
/// Every problem of every item, with a path that starts with the index among all items.
pub(super) fn arrays<I>(
    payload: Payload<'_>,
    items: &[I],
    max_items: usize,
    item: &dyn Fn(&I, &mut Writer<'_>),
) -> Result<Vec<Vec<u8>>, Invalid> {
    let mut arrays = Vec::new();
    let mut problems = Vec::new();
    for (number, chunk) in items.chunks(max_items).enumerate() {
        let mut array = Buffer::default();
        for (index, value) in chunk.iter().enumerate() {
            array.push(if index == 0 { b'[' } else { b',' });
            // A writer per item: it looks up what it has written, and must find only this item.
            let encode: Encode<'_> = &|writer: &mut Writer| item(value, writer);
            if let Err(found) = encode::append(&mut array, encode) {
                let path = format!("[{}]", number * max_items + index);
                problems.extend(found.iter().map(|problem| problem.under(&path)));
            }
        }
        array.push(b']');
        arrays.push(array.into_written());
    }
    if problems.is_empty() {
        Ok(arrays)
    } else {
        Err(Invalid::new(payload, problems))
    }
}
