//! Organizations and their members.

use super::{Call, Client, deletion};
use crate::encode::{Fragment, Writer, encoded};
use crate::model::Organization;
use crate::problem::{Invalid, Payload};
use crate::transport::Request;
use crate::typed::{Identifiers, OrganizationTraits};
use crate::wire::Operation;
use serde::Serialize;

impl Client {
    /// Creates or updates an organization, and returns it. Fields that are absent keep their stored
    /// values; a key of the data replaces the stored key with its whole value.
    ///
    /// It takes a type with `#[derive(OrganizationTraits)]`, or an
    /// [`UpsertOrganizationRequest`](crate::UpsertOrganizationRequest).
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::UpsertOrganizationRequest;
    ///
    /// let request = UpsertOrganizationRequest::new("org_456").name("Acme");
    /// let organization = client.upsert_organization(&request).await?;
    /// assert_eq!(organization.name.as_deref(), Some("Acme"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the traits, or an error of the
    /// server or the network. If the identifiers belong to different organizations, the server
    /// fails with 500.
    pub fn upsert_organization<O: OrganizationTraits + ?Sized>(
        &self,
        organization: &O,
    ) -> Call<Organization> {
        let body = encoded(Payload::Organization, &|writer: &mut Writer| {
            organization.encode(writer);
        });
        self.send_and_decode(Request::encoded(Operation::UpsertOrganization, body))
    }

    /// Deletes the organization that has these identifiers.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// client.delete_organization("org_456").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such organization, or an error of
    /// the server or the network.
    pub fn delete_organization<O: Into<Identifiers>>(&self, organization: O) -> Call<()> {
        let body = deletion(Payload::Organization, &organization.into());
        self.send_and_discard(Request::encoded(Operation::DeleteOrganization, body))
    }

    /// Makes a user a member of an organization, or updates the membership. `data` describes the
    /// membership, such as a role, and serializes to an object.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// #[derive(serde::Serialize)]
    /// struct Role {
    ///     role: &'static str,
    /// }
    ///
    /// client
    ///     .add_organization_user("org_456", "user_123", &Role { role: "admin" })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the request,
    /// [`NotFound`](crate::ErrorKind::NotFound) if either does not exist, or an error of the server
    /// or the network.
    pub fn add_organization_user<O, U, D>(&self, organization: O, user: U, data: &D) -> Call<()>
    where
        O: Into<Identifiers>,
        U: Into<Identifiers>,
        D: Serialize + ?Sized,
    {
        let data = Fragment::object(data);
        let body = membership(&organization.into(), &user.into(), Some(&data));
        self.send_and_discard(Request::encoded(Operation::AddOrganizationUser, body))
    }

    /// Ends the membership of a user in an organization.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// client.remove_organization_user("org_456", "user_123").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) if either does not exist, or an error of the server
    /// or the network.
    pub fn remove_organization_user<O: Into<Identifiers>, U: Into<Identifiers>>(
        &self,
        organization: O,
        user: U,
    ) -> Call<()> {
        let body = membership(&organization.into(), &user.into(), None);
        self.send_and_discard(Request::encoded(Operation::RemoveOrganizationUser, body))
    }
}

fn membership(
    organization: &Identifiers,
    user: &Identifiers,
    data: Option<&Fragment>,
) -> Result<Vec<u8>, Invalid> {
    encoded(Payload::Membership, &|writer: &mut Writer| {
        writer.literal("{\"organization\":{\"identifier\":");
        organization.encode(writer);
        writer.literal("},\"user\":{\"identifier\":");
        user.encode(writer);
        writer.literal("}");
        writer.optional_fragment(",\"data\":", data);
        writer.literal("}");
    })
}
