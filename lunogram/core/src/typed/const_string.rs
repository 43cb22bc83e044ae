//! Strings built in constants. A panic in a constant takes a message but cannot format one.

/// A string in a buffer of the caller.
pub(super) struct ConstString<'b> {
    buffer: &'b mut [u8],
    length: usize,
}

impl<'b> ConstString<'b> {
    pub(super) const fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, length: 0 }
    }

    /// Appends `text` if there is room for all of it.
    pub(super) const fn push(&mut self, text: &str) {
        let (_, free) = self.buffer.split_at_mut(self.length);
        if let Some((target, _)) = free.split_at_mut_checked(text.len()) {
            target.copy_from_slice(text.as_bytes());
            self.length += text.len();
        }
    }

    pub(super) const fn as_str(&self) -> &str {
        let (text, _) = self.buffer.split_at(self.length);
        match std::str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}
