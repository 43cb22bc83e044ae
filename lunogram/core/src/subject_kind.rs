//! The kinds of subject as a value.

use serde::{Deserialize, Serialize};

/// The two kinds of subject that events and schedules are about.
///
/// ```
/// use lunogram::Event;
/// use lunogram::subject::SubjectKind;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// client.send(&Event::new("contract.signed").to("org_456").organization()).await?;
/// assert_eq!(server.lost()[0].subject, SubjectKind::Organization);
/// assert_eq!(SubjectKind::Organization.as_str(), "organization");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// A user.
    User,
    /// An organization.
    Organization,
}

impl SubjectKind {
    /// `user` or `organization`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Organization => "organization",
        }
    }
}
