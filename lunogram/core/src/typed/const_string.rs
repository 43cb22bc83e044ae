//! Strings built in constants. A panic in a constant takes a message but cannot format one.

/// A string of up to `N` bytes.
pub(super) struct ConstString<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> ConstString<N> {
    pub(super) const fn new() -> Self {
        Self {
            bytes: [0; N],
            length: 0,
        }
    }

    /// Appends `text` if there is room for all of it.
    pub(super) const fn push(&mut self, text: &str) {
        let (_, free) = self.bytes.split_at_mut(self.length);
        if let Some((target, _)) = free.split_at_mut_checked(text.len()) {
            target.copy_from_slice(text.as_bytes());
            self.length += text.len();
        }
    }

    pub(super) const fn as_str(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.length);
        match std::str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}
