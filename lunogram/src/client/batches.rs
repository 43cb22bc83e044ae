//! Items that travel together.

use crate::encode::{self, Buffer, Encode, Writer};
use crate::problem::{Invalid, Payload};

/// The JSON arrays of at most `largest` items each that hold all of them, in their order; none where there is no item.
///
/// # Errors
/// Every problem of every item, its place among all of them in front.
pub(super) fn arrays<I>(
    payload: Payload<'_>,
    items: &[I],
    largest: usize,
    item: &dyn Fn(&I, &mut Writer<'_>),
) -> Result<Vec<Vec<u8>>, Invalid> {
    let mut arrays = Vec::new();
    let mut problems = Vec::new();
    for (number, chunk) in items.chunks(largest).enumerate() {
        let mut array = Buffer::default();
        for (index, value) in chunk.iter().enumerate() {
            array.push(if index == 0 { b'[' } else { b',' });
            // Each with a writer of its own: what is looked up in the bytes written is looked up in this item's.
            let encode: Encode<'_> = &|writer: &mut Writer| item(value, writer);
            if let Err(found) = encode::append(&mut array, encode) {
                let place = format!("[{}]", number * largest + index);
                problems.extend(found.iter().map(|problem| problem.under(&place)));
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
