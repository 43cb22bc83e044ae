//! Responses of the API, and the requests that `lunogram_core` does not have, one file per concept.

mod device;
mod inbox;
mod membership;
mod organization;
mod response;
mod schedule;
mod session;
mod user;
mod vapid;

pub use device::{Device, WebPush};
#[cfg(feature = "testing")]
pub(crate) use inbox::PRIORITIES;
pub use inbox::{
    Channel, InboxCount, InboxMessage, InboxPage, InboxQuery, InboxSource, InboxStatus,
    NewInboxMessage,
};
pub(crate) use inbox::{DEFAULT_PAGE, LARGEST_BATCH, LARGEST_PAGE, Parameters, inbox_parameters};
pub use membership::{Member, Membership};
pub use organization::Organization;
pub use response::StoredIdentifier;
pub use schedule::ScheduledAccepted;
pub use session::{SessionToken, ToSessionToken};
pub use user::User;
pub use vapid::VapidPublicKey;
