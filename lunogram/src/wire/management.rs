//! The management routes that report the schemas a server has observed in the data it received. The
//! crate only reads them.

/// The kinds of data whose schemas a server observes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Observed {
    /// Events of users, by their names.
    UserEvents,
    /// The data of users.
    Users,
    /// Schedules of users, by their names.
    UserSchedules,
    /// Events of organizations, by their names.
    OrganizationEvents,
    /// The data of organizations.
    Organizations,
    /// The data of users as members of organizations.
    Members,
}

impl Observed {
    /// All of them.
    pub(crate) const ALL: [Self; 6] = [
        Self::UserEvents,
        Self::Users,
        Self::UserSchedules,
        Self::OrganizationEvents,
        Self::Organizations,
        Self::Members,
    ];

    /// The route on newer servers, after `/api/admin/projects/{project_id}`.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::UserEvents => "/subjects/user/events/schema",
            Self::Users => "/subjects/users/schema",
            Self::UserSchedules => "/subjects/user/scheduled/schema",
            Self::OrganizationEvents => "/subjects/organization/events/schema",
            Self::Organizations => "/subjects/organizations/schema",
            Self::Members => "/subjects/organizations/users/schema",
        }
    }

    /// The route on older servers, which report fewer kinds.
    pub(crate) const fn older_path(self) -> Option<&'static str> {
        match self {
            Self::UserEvents => Some("/events/schema"),
            Self::Users => Some("/users/schema"),
            _ => None,
        }
    }

    /// Whether the response is grouped by name, rather than one list of paths.
    pub(crate) const fn is_by_name(self) -> bool {
        matches!(
            self,
            Self::UserEvents | Self::UserSchedules | Self::OrganizationEvents
        )
    }
}
