//! Sessions: tokens that act for one user until they expire.

use super::{Context, SentIdentifier, Store};
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
    /// The identifier of the only user whose data the session may see.
    pub(crate) fn identifier(&self) -> SentIdentifier {
        let source = format!("session:{}", self.auth_method_id);
        SentIdentifier::exact(source, self.user_id.clone())
    }

    /// Whether its token is refused at `now`.
    pub fn is_expired_at(&self, now: DateTime<Utc>) -> bool {
        now >= self.expires_at
    }
}

/// The sessions with their tokens, the oldest first.
pub(super) struct Sessions {
    minted: Vec<(String, StoredSession)>,
    /// From this many sessions on, those that have expired are discarded.
    keep: usize,
}

impl Sessions {
    pub(super) fn new(keep: usize) -> Self {
        Self {
            minted: Vec::new(),
            keep,
        }
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.minted.iter().map(|(_, session)| session))
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
        let now = context.now();
        let Sessions { minted, keep } = &mut self.sessions;
        if minted.len() >= *keep {
            minted.retain(|(_, session)| !session.is_expired_at(now));
        }
        minted.push((token.clone(), session.clone()));
        (token, session)
    }

    /// The session of a token, expired or not.
    pub(crate) fn session(&self, token: &str) -> Option<&StoredSession> {
        let mut sessions = self.sessions.minted.iter();
        let (_, session) = sessions.find(|(candidate, _)| candidate == token)?;
        Some(session)
    }

    /// The sessions, the oldest first.
    pub(crate) fn sessions(&self) -> impl Iterator<Item = &StoredSession> {
        self.sessions.minted.iter().map(|(_, session)| session)
    }

    /// Expires every session that has not expired by `now`.
    pub(crate) fn expire_sessions(&mut self, now: DateTime<Utc>) {
        for (_, session) in &mut self.sessions.minted {
            session.expires_at = session.expires_at.min(now);
        }
    }
}
