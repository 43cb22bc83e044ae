//! Characters that are not allowed in names of any kind.

/// Why `text` cannot be a name of any kind, as the object of "has".
pub(crate) fn unfit(text: &str) -> Option<&'static str> {
    if text.trim() != text {
        Some("leading or trailing whitespace")
    } else if text.chars().any(char::is_control) {
        Some("a control character")
    } else {
        None
    }
}
