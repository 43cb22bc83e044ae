//! Who belongs to which organization.

use super::identity::Row;
use super::{
    Data, Moment, Refused, SentIdentifier, Store, StoredIdentifier, StoredOrganization, StoredUser,
    SubjectKind, merge,
};
use crate::wire::management::Observed;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// A user's place in an organization.
///
/// ```
/// use lunogram::UpsertOrganizationRequest;
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
/// client.upsert_organization(&UpsertOrganizationRequest::new("org_456")).await?;
/// client.add_organization_user("org_456", "user_123", &json!({"role": "admin"})).await?;
///
/// let member = &server.members("org_456")[0];
/// assert_eq!(member.user.external_id("default"), Some("user_123"));
/// assert_eq!(member.data["role"], "admin");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredMember {
    /// The user, as it is now.
    pub user: StoredUser,
    /// All data ever sent about the user in this organization, merged key by key.
    pub data: Data,
    /// 1 when the user was added, and one more each time it was added again.
    pub version: i32,
    /// When the user was first added.
    pub created_at: DateTime<Utc>,
    /// When the user was last added.
    pub updated_at: DateTime<Utc>,
}

#[derive(Debug)]
struct Membership {
    data: Data,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// By organization, then by user.
#[derive(Debug, Default)]
pub(super) struct Members(BTreeMap<Row, BTreeMap<Row, Membership>>);

impl Members {
    pub(super) fn remove_user(&mut self, user: Row) {
        for members in self.0.values_mut() {
            members.remove(&user);
        }
    }

    pub(super) fn remove_organization(&mut self, organization: Row) {
        self.0.remove(&organization);
    }
}

impl Store {
    /// Adds the user, or merges `data` into what is known of the membership.
    pub(crate) fn add_member(
        &mut self,
        organization: &[SentIdentifier],
        user: &[SentIdentifier],
        data: Option<Data>,
        at: &Moment<'_>,
    ) -> Result<(), Refused> {
        let organization = self.subject(SubjectKind::Organization, organization)?;
        let user = self.subject(SubjectKind::User, user)?;
        let data = data.unwrap_or_default();
        self.schemas.learn(Observed::Members, "", Some(&data));
        self.members
            .0
            .entry(organization)
            .or_default()
            .entry(user)
            .and_modify(|known| {
                merge::shallow(&mut known.data, data.clone());
                known.version += 1;
                known.updated_at = at.later_than(known.updated_at);
            })
            .or_insert_with(|| Membership {
                data,
                version: 1,
                created_at: at.now(),
                updated_at: at.now(),
            });
        Ok(())
    }

    /// Ends the membership; where there is none, that is as good.
    pub(crate) fn remove_member(
        &mut self,
        organization: &[SentIdentifier],
        user: &[SentIdentifier],
    ) -> Result<(), Refused> {
        let organization = self.subject(SubjectKind::Organization, organization)?;
        let user = self.subject(SubjectKind::User, user)?;
        if let Some(members) = self.members.0.get_mut(&organization) {
            members.remove(&user);
        }
        Ok(())
    }

    /// Every organization with its members and what is known of their membership, the oldest first.
    pub(crate) fn organizations_and_members(
        &self,
    ) -> impl Iterator<
        Item = (
            &StoredOrganization,
            impl ExactSizeIterator<Item = (&[StoredIdentifier], &Data)>,
        ),
    > {
        static NOBODY: BTreeMap<Row, Membership> = BTreeMap::new();
        self.organizations.iter().map(|(row, organization)| {
            let members = self.members.0.get(&row).unwrap_or(&NOBODY).iter();
            let members = members.map(|(user, membership)| {
                let identifiers = self.identifiers_of(SubjectKind::User, *user);
                (identifiers, &membership.data)
            });
            (organization, members)
        })
    }

    /// The organization's members, the oldest user first.
    pub(crate) fn members(&self, source: &str, external_id: &str) -> Vec<StoredMember> {
        self.organizations
            .row_of(source, external_id)
            .and_then(|organization| self.members.0.get(&organization))
            .into_iter()
            .flatten()
            .filter_map(|(user, membership)| {
                Some(StoredMember {
                    user: self.users.get(*user)?.clone(),
                    data: membership.data.clone(),
                    version: membership.version,
                    created_at: membership.created_at,
                    updated_at: membership.updated_at,
                })
            })
            .collect()
    }
}
