//! What names of every kind must not contain.

/// What makes `text` unfit as a name of any spelling, in words that go behind "has".
pub(crate) fn unfit(text: &str) -> Option<&'static str> {
    if text.trim() != text {
        Some("white space at its start or end")
    } else if text.chars().any(char::is_control) {
        Some("a control character in it")
    } else {
        None
    }
}
