//! Sessions: tokens that act for one user for a while.

use super::{Moment, Store};
use chrono::{DateTime, TimeDelta, Utc};
use std::fmt;
use uuid::Uuid;

/// How long a session lasts: what the platform's own auth methods begin with.
const LIFETIME: TimeDelta = TimeDelta::hours(1);

/// A session that was minted. Its token is not kept where a test can see it.
///
/// ```
/// use uuid::Uuid;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// let token = client.create_session(Uuid::from_u128(7), "user_123").await?;
///
/// let session = &server.sessions()[0];
/// assert_eq!(session.user_id, "user_123");
/// assert!(session.is_expired_at(token.expires_at()));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredSession {
    /// The auth method that it was minted by.
    pub auth_method_id: Uuid,
    /// The external id of the user that it acts for.
    pub user_id: String,
    /// When it was minted.
    pub created_at: DateTime<Utc>,
    /// From when on its token is refused.
    pub expires_at: DateTime<Utc>,
}

impl StoredSession {
    /// Whether its token is refused at that moment.
    pub fn is_expired_at(&self, now: DateTime<Utc>) -> bool {
        now >= self.expires_at
    }
}

/// Every session by its token, the oldest first.
#[derive(Default)]
pub(super) struct Sessions(Vec<(String, StoredSession)>);

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(_, session)| session))
            .finish()
    }
}

impl Store {
    /// Mints a session, whether there is such a user or not, and gives it with its token.
    pub(crate) fn create_session(
        &mut self,
        auth_method_id: Uuid,
        user_id: String,
        at: &mut Moment<'_>,
    ) -> (String, StoredSession) {
        let token = format!("session_{}{}", at.new_id().simple(), at.new_id().simple());
        let session = StoredSession {
            auth_method_id,
            user_id,
            created_at: at.now(),
            expires_at: at.now() + LIFETIME,
        };
        self.sessions.0.push((token.clone(), session.clone()));
        (token, session)
    }

    /// The session of a token, expired or not.
    pub(crate) fn session(&self, token: &str) -> Option<&StoredSession> {
        let mut sessions = self.sessions.0.iter();
        let (_, session) = sessions.find(|(known, _)| known == token)?;
        Some(session)
    }

    /// Every session, the oldest first.
    pub(crate) fn sessions(&self) -> impl Iterator<Item = &StoredSession> {
        self.sessions.0.iter().map(|(_, session)| session)
    }

    /// Ends every session that has not ended by `now`.
    pub(crate) fn expire_sessions(&mut self, now: DateTime<Utc>) {
        for (_, session) in &mut self.sessions.0 {
            session.expires_at = session.expires_at.min(now);
        }
    }
}
