//! Events, upserts and schedules that are known only at run time, one file for each.

mod event;
mod name_rule;
mod organization;
mod own;
mod schedule;
mod serde_head;
mod user;

pub use event::Event;
pub use organization::UpsertOrganizationRequest;
pub use own::{OwnSchedule, OwnScheduleKey, OwnTraits};
pub use schedule::ScheduleRequest;
pub use user::UpsertUserRequest;
