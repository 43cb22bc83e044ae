//! Limits on numbers: the server reads them as IEEE 754 doubles.

use crate::{ProblemKind, Violation};

/// The largest integer up to which a double represents every integer exactly: 2^53 − 1.
pub const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// The violation of an integer whose magnitude exceeds [`MAX_SAFE_INTEGER`].
#[must_use]
pub const fn unsafe_integer() -> Violation {
    Violation::fixed(
        ProblemKind::UnsafeInteger,
        "integer beyond ±(2^53 − 1), which the server would round; send it as a string, in a derived type with `#[lunogram(string)]`",
    )
}

/// The violation of NaN and the infinities.
#[must_use]
pub const fn not_finite() -> Violation {
    Violation::fixed(
        ProblemKind::NotFinite,
        "NaN or infinite, which JSON cannot represent; send a finite number or leave it out",
    )
}

/// The violation of a number that is not zero, but nearer to zero than any double.
#[must_use]
pub const fn too_small() -> Violation {
    Violation::fixed(
        ProblemKind::OutOfRange,
        "number too close to zero, which the server would take for 0; send it as a string",
    )
}
