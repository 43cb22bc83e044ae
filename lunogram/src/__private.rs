//! The items that generated code and this repository's own tests name beyond the public API.
//! Applications do not use them.

pub use crate::wire::operation as routes;
pub use lunogram_core::__private::*;
