//! Where the text of a schema goes: into a buffer, or into a fingerprint.

use super::super::const_string::ConstString;
use lunogram_rules::plan::Fingerprint;

/// Takes the text of a schema piece by piece.
pub(super) enum Sink<'s> {
    /// Gathers it.
    Text(ConstString<'s>),
    /// Only its fingerprint.
    Fingerprint(Fingerprint),
}

impl Sink<'_> {
    pub(super) const fn push(&mut self, piece: &str) {
        match self {
            Self::Text(text) => text.push(piece),
            Self::Fingerprint(of) => *of = of.with(piece),
        }
    }

    /// The gathered text.
    pub(super) const fn as_str(&self) -> &str {
        match self {
            Self::Text(text) => text.as_str(),
            Self::Fingerprint(_) => "",
        }
    }
}
