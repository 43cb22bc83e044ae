//! Traits of users and organizations.

use super::Names;
use crate::encode::{self, Writer};
use crate::problem::{Invalid, Payload};

/// The data of a user: implemented by `#[derive(UserTraits)]`, and by
/// [`UpsertUserRequest`](crate::UpsertUserRequest) for data that is known only at run time.
///
/// ```
/// use lunogram::{Client, Error, UpsertUserRequest, UserTraits};
///
/// /// Takes a type with the derive, and a request.
/// async fn save(client: &Client, traits: &impl UserTraits) -> Result<i32, Error> {
///     Ok(client.upsert_user(traits).await?.version)
/// }
///
/// # async fn example(client: Client) -> Result<(), Error> {
/// save(&client, &UpsertUserRequest::new("user_123")).await?;
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not describe a user",
    label = "not the traits of a user",
    note = "add `#[derive(lunogram::UserTraits)]` to `{Self}`, or use a `lunogram::UpsertUserRequest`"
)]
pub trait UserTraits {
    /// The keys that serde writes for the type when it is flattened.
    #[doc(hidden)]
    const KEYS: Names = &[];

    /// Writes the upsert.
    #[doc(hidden)]
    fn encode(&self, writer: &mut Writer<'_>);

    /// Runs the same checks as sending the traits, without sending them.
    ///
    /// ```
    /// use lunogram::{UpsertUserRequest, UserTraits};
    ///
    /// let request = UpsertUserRequest::new("user_123").timezone("Europe/Amsterdan");
    /// let invalid = request.check().unwrap_err();
    /// assert_eq!(invalid.problems()[0].path(), "timezone");
    /// ```
    ///
    /// # Errors
    /// Every problem of the traits, each with its path.
    fn check(&self) -> Result<(), Invalid> {
        encode::check(Payload::User, &|writer: &mut Writer| self.encode(writer))
    }
}

/// The data of an organization: implemented by `#[derive(OrganizationTraits)]`, and by
/// [`UpsertOrganizationRequest`](crate::UpsertOrganizationRequest) for data that is known only at
/// run time.
///
/// ```
/// use lunogram::{Client, Error, OrganizationTraits, UpsertOrganizationRequest};
///
/// /// Takes a type with the derive, and a request.
/// async fn save(client: &Client, traits: &impl OrganizationTraits) -> Result<i32, Error> {
///     Ok(client.upsert_organization(traits).await?.version)
/// }
///
/// # async fn example(client: Client) -> Result<(), Error> {
/// save(&client, &UpsertOrganizationRequest::new("org_456")).await?;
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not describe an organization",
    label = "not the traits of an organization",
    note = "add `#[derive(lunogram::OrganizationTraits)]` to `{Self}`, or use a `lunogram::UpsertOrganizationRequest`"
)]
pub trait OrganizationTraits {
    /// The keys that serde writes for the type when it is flattened.
    #[doc(hidden)]
    const KEYS: Names = &[];

    /// Writes the upsert.
    #[doc(hidden)]
    fn encode(&self, writer: &mut Writer<'_>);

    /// Runs the same checks as sending the traits, without sending them.
    ///
    /// ```
    /// use lunogram::{OrganizationTraits, UpsertOrganizationRequest};
    ///
    /// let invalid = UpsertOrganizationRequest::new("").check().unwrap_err();
    /// assert_eq!(invalid.problems()[0].path(), "identifier[0].external_id");
    /// ```
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
