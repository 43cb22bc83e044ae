//! Traits of users and organizations.

use super::Names;
use crate::encode::{self, Writer};
use crate::problem::{Invalid, Payload};

/// What is known of a user, by `#[derive(UserTraits)]` or as an
/// [`UpsertUserRequest`](crate::UpsertUserRequest).
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not describe a user",
    label = "not the traits of a user",
    note = "add `#[derive(lunogram::UserTraits)]` to `{Self}`, or use a `lunogram::UpsertUserRequest`"
)]
pub trait UserTraits {
    /// The keys that serde writes for the type where it is flattened.
    #[doc(hidden)]
    const KEYS: Names = &[];

    /// Writes the upsert.
    #[doc(hidden)]
    fn encode(&self, writer: &mut Writer<'_>);

    /// Checks the traits as sending them would, without sending them.
    ///
    /// # Errors
    /// Every problem of the traits, each with its path.
    fn check(&self) -> Result<(), Invalid> {
        encode::check(Payload::User, &|writer: &mut Writer| self.encode(writer))
    }
}

/// What is known of an organization, by `#[derive(OrganizationTraits)]` or as an
/// [`UpsertOrganizationRequest`](crate::UpsertOrganizationRequest).
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not describe an organization",
    label = "not the traits of an organization",
    note = "add `#[derive(lunogram::OrganizationTraits)]` to `{Self}`, or use a `lunogram::UpsertOrganizationRequest`"
)]
pub trait OrganizationTraits {
    /// The keys that serde writes for the type where it is flattened.
    #[doc(hidden)]
    const KEYS: Names = &[];

    /// Writes the upsert.
    #[doc(hidden)]
    fn encode(&self, writer: &mut Writer<'_>);

    /// Checks the traits as sending them would, without sending them.
    ///
    /// # Errors
    /// Every problem of the traits, each with its path.
    fn check(&self) -> Result<(), Invalid> {
        encode::check(Payload::Organization, &|writer: &mut Writer| {
            self.encode(writer);
        })
    }
}

impl<T: UserTraits + ?Sized> UserTraits for &T {
    const KEYS: Names = T::KEYS;

    fn encode(&self, writer: &mut Writer<'_>) {
        (**self).encode(writer);
    }
}

impl<T: OrganizationTraits + ?Sized> OrganizationTraits for &T {
    const KEYS: Names = T::KEYS;

    fn encode(&self, writer: &mut Writer<'_>) {
        (**self).encode(writer);
    }
}
