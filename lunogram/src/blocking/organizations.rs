//! Organizations and their members.

use super::Client;
use crate::error::Error;
use crate::model::{Membership, Organization};
use lunogram_core::{Identifiers, OrganizationTraits};

impl Client {
    /// Creates or updates an organization, and returns it.
    /// See [`Client::upsert_organization`](crate::Client::upsert_organization).
    ///
    /// # Errors
    /// The errors of [`Client::upsert_organization`](crate::Client::upsert_organization).
    pub fn upsert_organization<O: OrganizationTraits + ?Sized>(
        &self,
        organization: &O,
    ) -> Result<Organization, Error> {
        self.driver
            .wait(self.client.upsert_organization(organization))
    }

    /// Deletes an organization.
    /// See [`Client::delete_organization`](crate::Client::delete_organization).
    ///
    /// # Errors
    /// The errors of [`Client::delete_organization`](crate::Client::delete_organization).
    pub fn delete_organization(&self, organization: impl Into<Identifiers>) -> Result<(), Error> {
        self.driver
            .wait(self.client.delete_organization(organization))
    }

    /// Makes a user a member of an organization, or updates the membership.
    /// See [`Client::add_organization_user`](crate::Client::add_organization_user).
    ///
    /// # Errors
    /// The errors of [`Client::add_organization_user`](crate::Client::add_organization_user).
    pub fn add_organization_user(&self, membership: &Membership) -> Result<(), Error> {
        self.driver
            .wait(self.client.add_organization_user(membership))
    }

    /// Ends the membership of a user in an organization.
    /// See [`Client::remove_organization_user`](crate::Client::remove_organization_user).
    ///
    /// # Errors
    /// The errors of [`Client::remove_organization_user`](crate::Client::remove_organization_user).
    pub fn remove_organization_user(&self, membership: &Membership) -> Result<(), Error> {
        self.driver
            .wait(self.client.remove_organization_user(membership))
    }
}
