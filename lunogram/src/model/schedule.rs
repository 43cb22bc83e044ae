//! Responses to schedules.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// The server's response to a schedule.
///
/// ```
/// use chrono::{DateTime, TimeDelta, Utc};
/// use lunogram::ScheduleRequest;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
/// let at = "2027-01-02T03:04:05Z".parse::<DateTime<Utc>>()?;
/// let request = ScheduleRequest::at("trial_end", "user_123", at);
/// let accepted = client.schedule(&request).await?;
/// assert_eq!(accepted.name, "trial_end");
/// assert_eq!(accepted.scheduled_at, at);
/// // On project-scoped routes, the id updates this assignment.
/// let later = at + TimeDelta::days(7);
/// let moved = ScheduleRequest::at("trial_end", "user_123", later).id(accepted.id);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScheduledAccepted {
    /// The server's own id for the assignment. With it, project-scoped servers update the
    /// assignment in place.
    pub id: Uuid,
    /// The name of the schedule.
    pub name: String,
    /// When it fires, or starts to fire if it is recurring: the requested moment, or that of the
    /// request.
    pub scheduled_at: DateTime<Utc>,
    /// The data of the event that it emits.
    #[serde(default)]
    pub data: Option<Map<String, Value>>,
}
