//! Users as members of organizations.

use crate::encode::{Fragment, Payload, Writer, encoded};
use lunogram_core::{Identifiers, Invalid, ToIdentifiers};
use serde::Serialize;

/// A user as a member of an organization, for
/// [`add_organization_user`](crate::Client::add_organization_user) and
/// [`remove_organization_user`](crate::Client::remove_organization_user).
///
/// ```
/// use lunogram::Membership;
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
/// # client.upsert_organization(&lunogram::UpsertOrganizationRequest::new("org_456")).await?;
/// let membership = Membership::of_user("user_123").in_organization("org_456");
/// client.add_organization_user(&membership.clone().data(json!({"role": "admin"}))).await?;
/// assert_eq!(server.members("org_456")[0].data["role"], "admin");
///
/// client.remove_organization_user(&membership).await?;
/// assert!(server.members("org_456").is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a membership does nothing until it is sent"]
pub struct Membership {
    user: Identifiers,
    organization: Identifiers,
    data: Option<Fragment>,
}

/// The user of a [`Membership`] whose organization is still to be named.
///
/// User and organization each have their own method, so that they cannot be swapped:
///
/// ```
/// use lunogram::{Member, Membership};
///
/// let member: Member = Membership::of_user("user_123");
/// let membership: Membership = member.in_organization("org_456");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "name the organization with `.in_organization(…)`"]
pub struct Member {
    user: Identifiers,
}

impl Membership {
    /// Begins with the user. [`Member::in_organization`] names the organization.
    pub fn of_user(user: impl ToIdentifiers) -> Member {
        Member {
            user: user.into_identifiers(),
        }
    }

    /// Data of the membership, such as a role: a map, or a struct with named fields. It is merged
    /// into the stored data, key by key. A request that ends the membership does not contain it.
    pub fn data(mut self, data: impl Serialize) -> Self {
        self.data = Fragment::optional_data(&data);
        self
    }

    /// The body of the request that adds the user.
    pub(crate) fn encoded(&self) -> Result<Vec<u8>, Invalid> {
        self.encoded_with(self.data.as_ref())
    }

    /// The body of the request that removes the user.
    pub(crate) fn encoded_without_data(&self) -> Result<Vec<u8>, Invalid> {
        self.encoded_with(None)
    }

    fn encoded_with(&self, data: Option<&Fragment>) -> Result<Vec<u8>, Invalid> {
        encoded(Payload::Membership, &|writer: &mut Writer| {
            writer.literal("{\"organization\":{\"identifier\":");
            self.organization.encode(writer);
            writer.literal("},\"user\":{\"identifier\":");
            self.user.encode(writer);
            writer.literal("}");
            writer.optional_fragment(",\"data\":", data);
            writer.literal("}");
        })
    }
}

impl Member {
    /// The membership in this organization.
    pub fn in_organization(self, organization: impl ToIdentifiers) -> Membership {
        Membership {
            user: self.user,
            organization: organization.into_identifiers(),
            data: None,
        }
    }
}
