//! The id of an event, as a property: the API has no field for it.

use crate::encode::{Buffer, Writer};
use uuid::Uuid;

/// Appends an id as a JSON string.
pub fn append_id(out: &mut Buffer, id: Uuid) {
    let mut text = Uuid::encode_buffer();
    out.push(b'"');
    out.extend_from_slice(id.hyphenated().encode_lower(&mut text).as_bytes());
    out.push(b'"');
}

impl Writer<'_> {
    /// Writes a new id as a property. A writer without sources leaves it out.
    pub fn event_id(&mut self, key: &'static str) {
        if let Some(sources) = self.sources() {
            self.key(key);
            append_id(self.buffer(), sources.event_id());
        }
    }
}
