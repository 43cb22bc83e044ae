//! Lists and maps whose items are written by a function, and not by their `Serialize`.

use super::ValueSerializer;
use super::value::Done;
use lunogram_rules::Violation;
use serde::{Serialize, ser};

impl<'b> ValueSerializer<'_, 'b> {
    /// Reports a problem of the value instead of writing it.
    #[cold]
    pub(crate) fn report(self, violation: Violation) {
        self.begun().report(violation);
    }

    /// Writes an array, each of whose items `write` writes.
    pub(crate) fn list<T>(
        self,
        items: impl IntoIterator<Item = T>,
        write: impl Fn(T, ValueSerializer<'_, 'b>) -> Done,
    ) -> Done {
        let mut list = self.open(b"[", b"]")?;
        for item in items {
            write(item, list.item())?;
        }
        list.finish();
        Ok(())
    }

    /// Writes an object, each of whose values `write` writes.
    pub(crate) fn map<K: Serialize, T>(
        self,
        entries: impl IntoIterator<Item = (K, T)>,
        write: impl Fn(T, ValueSerializer<'_, 'b>) -> Done,
    ) -> Done {
        let mut map = self.open(b"{", b"}")?;
        for (key, value) in entries {
            ser::SerializeMap::serialize_key(&mut map, &key)?;
            write(value, map.entry())?;
        }
        map.finish();
        Ok(())
    }
}
