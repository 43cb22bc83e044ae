//! The derives in a crate that depends on `lunogram-core` under another name, and on `lunogram` for
//! its tests only.

use luna_core::{LunogramEvent, OrganizationTraits, Schedule, UserTraits};

/// An event.
#[derive(LunogramEvent)]
pub struct SignedUp {
    /// The subject.
    #[lunogram(external_id)]
    pub user: String,
}

/// A user.
#[derive(UserTraits)]
pub struct Customer {
    /// The user's id.
    #[lunogram(external_id)]
    pub id: u64,
    /// The user's email address.
    #[lunogram(email)]
    pub email: Option<String>,
}

/// An organization.
#[derive(OrganizationTraits)]
pub struct Company {
    /// The organization's id.
    #[lunogram(external_id)]
    pub id: u64,
}

/// A schedule.
#[derive(Schedule)]
#[lunogram(interval = "168h")]
pub struct WeeklyDigest {
    /// The subject.
    #[lunogram(external_id)]
    pub user: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use luna_core::AnyTraits;

    #[test]
    fn the_derives_find_the_crate() {
        assert_eq!(SignedUp::NAMES, ["signed_up"]);
        assert_eq!(WeeklyDigest::NAME, "weekly_digest");
        assert!(
            Customer {
                id: 1,
                email: Some("no address".to_owned())
            }
            .check()
            .is_err()
        );
        assert!(Company { id: 1 }.check().is_ok());
        let signed_up = SignedUp {
            user: "user_123".to_owned(),
        };
        let sendable: &dyn lunogram::AnyEvent = &signed_up;
        assert_eq!(sendable.name(), "signed_up");
    }
}
