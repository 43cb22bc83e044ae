//! Entry points for fuzzers: the parsers of server responses, with the invariants that must hold.

use super::key::Key;
use super::problem::ServerProblem;
use super::retry_after;
use crate::model::{
    InboxCount, InboxPage, Organization, ScheduledAccepted, SessionToken, User, VapidPublicKey,
    WebPush,
};
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// A key that occurs in many inputs, so that redaction is exercised.
const KEY: &str = "sk_key";

/// The body of an error response: the texts that are kept contain no key and no line break.
///
/// # Panics
/// If the invariant does not hold.
pub fn problem(body: &[u8]) {
    let key = Key::new(KEY.to_owned()).expect("a key");
    let ServerProblem { title, detail } = ServerProblem::parse(body, &key);
    for text in [title, detail].into_iter().flatten() {
        assert!(!text.contains(KEY), "{text}");
        assert!(!text.contains(['\n', '\r', '\0']), "{text:?}");
    }
}

/// The header `Retry-After`: no wait exceeds a day.
///
/// # Panics
/// If the invariant does not hold.
pub fn retry_after(header: &str) {
    let wait = retry_after::parse(header, DateTime::<Utc>::UNIX_EPOCH);
    assert!(wait.is_none_or(|wait| wait <= Duration::from_secs(24 * 60 * 60)));
}

/// The JSON of successful responses, and of a browser's push subscription.
pub fn answer(body: &[u8]) {
    fn read<T: DeserializeOwned>(body: &[u8]) {
        let _ = serde_json::from_slice::<T>(body);
    }
    read::<User>(body);
    read::<Organization>(body);
    read::<ScheduledAccepted>(body);
    read::<InboxPage>(body);
    read::<InboxCount>(body);
    read::<SessionToken>(body);
    read::<VapidPublicKey>(body);
    read::<WebPush>(body);
}
