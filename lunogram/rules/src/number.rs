//! Numbers that survive a server which reads them as IEEE doubles.

use crate::Violation;

/// The largest integer that a double holds together with all its smaller neighbours: 2^53 − 1.
pub const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// What is wrong with an integer whose magnitude exceeds [`MAX_SAFE_INTEGER`].
#[must_use]
pub const fn unsafe_integer() -> Violation {
    Violation::fixed(
        "integer beyond ±(2^53 − 1), which the server would round; send it as a string, in a derived type with `#[lunogram(string)]`",
    )
}

/// What is wrong with NaN and the infinities.
#[must_use]
pub const fn not_finite() -> Violation {
    Violation::fixed(
        "NaN or infinite, which JSON cannot write; send a finite number or leave it out",
    )
}
