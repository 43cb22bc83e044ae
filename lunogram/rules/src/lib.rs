//! The rules that the compile-time and the run-time halves of `lunogram` share.
//!
//! Each rule exists once, here: the derives ask it about literals, the client about values, so the two verdicts cannot
//! differ. Nothing here does I/O.

pub mod device;
pub mod email;
pub mod external_id;
pub mod interval;
pub mod json;
pub mod locale;
pub mod name;
pub mod number;
pub mod phone;
pub mod plan;
pub mod source;
pub mod suggest;
mod text;
mod violation;
pub mod zone;

pub use violation::Violation;
