//! The members of organizations.

use super::subjects::RowId;
use super::{Context, Data, SentIdentifier, Store, StoreError, StoredUser, columns, merge};
use crate::wire::SubjectKind;
use crate::wire::management::Observed;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// A user as a member of an organization.
///
/// ```
/// use lunogram::{Membership, UpsertOrganizationRequest};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
/// client.upsert_organization(&UpsertOrganizationRequest::new("org_456")).await?;
/// let membership = Membership::of_user("user_123").in_organization("org_456");
/// client.add_organization_user(&membership.data(json!({"role": "admin"}))).await?;
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
    /// The user at the time of the look-up.
    pub user: StoredUser,
    /// The data of the membership, merged key by key.
    pub data: Data,
    /// How often the membership was changed since the user was first added.
    pub version: i32,
    /// When the user was first added.
    pub created_at: DateTime<Utc>,
    /// When the user was last added.
    pub updated_at: DateTime<Utc>,
}

#[derive(Debug)]
pub(super) struct Membership {
    pub(super) data: Data,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// By organization, then by user.
#[derive(Debug, Default)]
pub(super) struct Members(BTreeMap<RowId, BTreeMap<RowId, Membership>>);

impl Members {
    /// Removes every membership of the user or organization.
    pub(super) fn remove_subject(&mut self, row: RowId) {
        self.0.remove(&row);
        for members in self.0.values_mut() {
            members.remove(&row);
        }
    }

    /// The memberships of an organization, the oldest user first.
    pub(super) fn of(
        &self,
        organization: RowId,
    ) -> impl ExactSizeIterator<Item = (RowId, &Membership)> {
        static EMPTY: BTreeMap<RowId, Membership> = BTreeMap::new();
        let members = self.0.get(&organization).unwrap_or(&EMPTY);
        members.iter().map(|(user, membership)| (*user, membership))
    }
}

impl Store {
    /// Adds the user to the organization, or merges `data` into an existing membership.
    pub(crate) fn add_member(
        &mut self,
        organization: &[SentIdentifier],
        user: &[SentIdentifier],
        data: Option<Data>,
        context: &Context<'_>,
    ) -> Result<(), StoreError> {
        let organization = self.find(SubjectKind::Organization, organization)?;
        let user = self.find(SubjectKind::User, user)?;
        let data = data.unwrap_or_default();
        columns::learned(&data)?;
        self.schemas.learn(Observed::Members, "", Some(&data));
        self.members
            .0
            .entry(organization)
            .or_default()
            .entry(user)
            .and_modify(|membership| {
                merge::shallow(&mut membership.data, data.clone());
                membership.version += 1;
                membership.updated_at = context.later_than(membership.updated_at);
            })
            .or_insert_with(|| Membership {
                data,
                version: 0,
                created_at: context.now(),
                updated_at: context.now(),
            });
        Ok(())
    }

    /// Removes the user from the organization. It is not an error if the user is not a member.
    pub(crate) fn remove_member(
        &mut self,
        organization: &[SentIdentifier],
        user: &[SentIdentifier],
    ) -> Result<(), StoreError> {
        let organization = self.find(SubjectKind::Organization, organization)?;
        let user = self.find(SubjectKind::User, user)?;
        if let Some(members) = self.members.0.get_mut(&organization) {
            members.remove(&user);
        }
        Ok(())
    }

    /// The organization's members, the oldest user first.
    pub(crate) fn members(&self, source: &str, external_id: &str) -> Vec<StoredMember> {
        self.subjects
            .row_of(SubjectKind::Organization, source, external_id)
            .into_iter()
            .flat_map(|organization| self.members.of(organization))
            .filter_map(|(user, membership)| {
                Some(StoredMember {
                    user: self.subjects.get(user)?.into(),
                    data: membership.data.clone(),
                    version: membership.version,
                    created_at: membership.created_at,
                    updated_at: membership.updated_at,
                })
            })
            .collect()
    }
}
