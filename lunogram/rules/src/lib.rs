//! The rules that the compile-time and the run-time halves of `lunogram` share.
//!
//! Each rule is defined once, in this crate. The derives apply it to literals and the client to
//! values, so the two cannot disagree. Nothing here does I/O.

pub mod column;
pub mod device;
pub mod email;
pub mod external_id;
pub mod interval;
pub mod json;
pub mod locale;
pub mod name;
pub mod nesting;
pub mod number;
pub mod organization;
pub mod phone;
pub mod plan;
mod problem_kind;
pub mod source;
pub mod suggest;
mod text;
pub mod toml;
mod violation;
pub mod zone;

pub use problem_kind::ProblemKind;
pub use violation::Violation;
