//! Sessions: tokens that act for one user until they expire.

use super::{Context, Store};
use chrono::{DateTime, TimeDelta, Utc};
use std::fmt;
use uuid::Uuid;

/// The lifetime of a session: the platform's default for auth methods.
const LIFETIME: TimeDelta = TimeDelta::hours(1);

/// A minted session. Its token is not available to tests.
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
    /// The auth method that minted it.
    pub auth_method_id: Uuid,
    /// The external id of the user that it acts for.
    pub user_id: String,
    /// When it was minted.
    pub created_at: DateTime<Utc>,
    /// The time from which its token is refused.
    pub expires_at: DateTime<Utc>,
}

impl StoredSession {
    /// Whether its token is refused at `now`.
    pub fn is_expired_at(&self, now: DateTime<Utc>) -> bool {
        now >= self.expires_at
    }
}

/// Every session with its token, the oldest first.
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
    /// Mints a session and returns it with its token. As on the platform, the user need not exist.
    pub(crate) fn create_session(
        &mut self,
        auth_method_id: Uuid,
        user_id: String,
        context: &mut Context<'_>,
    ) -> (String, StoredSession) {
        let token = format!(
            "session_{}{}",
            context.new_id().simple(),
            context.new_id().simple()
        );
        let session = StoredSession {
            auth_method_id,
            user_id,
            created_at: context.now(),
            expires_at: context.now() + LIFETIME,
        };
        self.sessions.0.push((token.clone(), session.clone()));
        (token, session)
    }

    /// The session of a token, expired or not.
    pub(crate) fn session(&self, token: &str) -> Option<&StoredSession> {
        let mut sessions = self.sessions.0.iter();
        let (_, session) = sessions.find(|(candidate, _)| candidate == token)?;
        Some(session)
    }

    /// Every session, the oldest first.
    pub(crate) fn sessions(&self) -> impl Iterator<Item = &StoredSession> {
        self.sessions.0.iter().map(|(_, session)| session)
    }

    /// Expires every session that has not expired by `now`.
    pub(crate) fn expire_sessions(&mut self, now: DateTime<Utc>) {
        for (_, session) in &mut self.sessions.0 {
            session.expires_at = session.expires_at.min(now);
        }
    }
}
