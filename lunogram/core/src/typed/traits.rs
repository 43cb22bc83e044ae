//! Traits of users and organizations.

use super::{Names, Organization, Subject, User};
use crate::encode::Writer;
use std::rc::Rc;
use std::sync::Arc;

/// The trait that `#[derive(UserTraits)]` and `#[derive(OrganizationTraits)]` implement.
#[doc(hidden)]
pub trait Traits {
    /// The kind of subject that the traits describe.
    type Subject: Subject;

    /// The keys that serde writes for the type when it is flattened.
    const KEYS: Names = &[];

    /// Writes the upsert.
    fn encode(&self, writer: &mut Writer<'_>);
}

/// The data of a user: implemented by `#[derive(UserTraits)]`, and by
/// [`UpsertUserRequest`](crate::UpsertUserRequest) for data that is known only at run time.
///
/// [`AnyTraits`](crate::AnyTraits) has its methods.
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
pub trait UserTraits: Traits<Subject = User> {}

#[diagnostic::do_not_recommend]
impl<T: Traits<Subject = User> + ?Sized> UserTraits for T {}

/// The data of an organization: implemented by `#[derive(OrganizationTraits)]`, and by
/// [`UpsertOrganizationRequest`](crate::UpsertOrganizationRequest) for data that is known only at
/// run time.
///
/// [`AnyTraits`](crate::AnyTraits) has its methods.
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
pub trait OrganizationTraits: Traits<Subject = Organization> {}

#[diagnostic::do_not_recommend]
impl<T: Traits<Subject = Organization> + ?Sized> OrganizationTraits for T {}

/// A pointer to traits is those traits.
macro_rules! pointers {
    ($($pointer:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Traits + ?Sized> Traits for $pointer {
            type Subject = T::Subject;
            const KEYS: Names = T::KEYS;

            fn encode(&self, writer: &mut Writer<'_>) {
                (**self).encode(writer);
            }
        }
    )*};
}

pointers!(&T, Box<T>, Rc<T>, Arc<T>);
