//! Organizations and their members.

use super::Client;
use crate::error::Error;
use crate::model::{Membership, Organization};
use lunogram_core::{OrganizationTraits, ToIdentifiers};

impl Client {
    /// Creates or updates an organization, and returns it. Fields that are absent keep their stored
    /// values; a key of the data replaces the stored key with its whole value.
    ///
    /// It takes a type with `#[derive(OrganizationTraits)]`, or an
    /// [`UpsertOrganizationRequest`](crate::UpsertOrganizationRequest).
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::UpsertOrganizationRequest;
    ///
    /// let request = UpsertOrganizationRequest::new("org_456").name("Acme");
    /// let organization = client.upsert_organization(&request)?;
    /// assert_eq!(organization.name.as_deref(), Some("Acme"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the traits,
    /// [`BeforeSend`](crate::ErrorKind::BeforeSend) if the application's hook drops them, or an
    /// error of the server or the network. If the identifiers belong to different organizations,
    /// the server fails with 500.
    pub fn upsert_organization<O: OrganizationTraits + ?Sized>(
        &self,
        organization: &O,
    ) -> Result<Organization, Error> {
        self.driver
            .wait(self.client.upsert_organization(organization))
    }

    /// Deletes the organization that has these identifiers, and keeps it deleted: queued
    /// payloads about it wait for the answer, as for [`delete_user`](Self::delete_user).
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// client.delete_organization("org_456")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such organization,
    /// [`Spool`](crate::ErrorKind::Spool) if the deletion cannot be recorded in the spool and is
    /// therefore not sent, or an error of the server or the network.
    pub fn delete_organization(&self, organization: impl ToIdentifiers) -> Result<(), Error> {
        self.driver
            .wait(self.client.delete_organization(organization))
    }

    /// Makes a user a member of an organization, or updates the membership.
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::Membership;
    ///
    /// #[derive(serde::Serialize)]
    /// struct Role {
    ///     role: &'static str,
    /// }
    ///
    /// let membership = Membership::of_user("user_123")
    ///     .in_organization("org_456")
    ///     .data(Role { role: "admin" });
    /// client.add_organization_user(&membership)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the request,
    /// [`NotFound`](crate::ErrorKind::NotFound) if either does not exist, or an error of the server
    /// or the network.
    #[doc(alias("add_user"))]
    pub fn add_organization_user(&self, membership: &Membership) -> Result<(), Error> {
        self.driver
            .wait(self.client.add_organization_user(membership))
    }

    /// Ends the membership of a user in an organization.
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::Membership;
    ///
    /// let membership = Membership::of_user("user_123").in_organization("org_456");
    /// client.remove_organization_user(&membership)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) if either does not exist, or an error of the server
    /// or the network.
    #[doc(alias("remove_user"))]
    pub fn remove_organization_user(&self, membership: &Membership) -> Result<(), Error> {
        self.driver
            .wait(self.client.remove_organization_user(membership))
    }
}
