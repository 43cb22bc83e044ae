//! The management routes: what a server has observed of the data that it was sent. They are read, and nothing else.

/// What a server observes the schemas of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Observed {
    /// Events of users, by their names.
    UserEvents,
    /// What is known of users.
    Users,
    /// Schedules of users, by their names.
    UserSchedules,
    /// Events of organizations, by their names.
    OrganizationEvents,
    /// What is known of organizations.
    Organizations,
    /// What is known of users as members of organizations.
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

    /// Where newer servers tell it, behind `/api/admin/projects/{project_id}`.
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

    /// Where older servers tell it, which tell less.
    pub(crate) const fn older_path(self) -> Option<&'static str> {
        match self {
            Self::UserEvents => Some("/events/schema"),
            Self::Users => Some("/users/schema"),
            _ => None,
        }
    }

    /// Whether it is told by names, or is one list of paths.
    pub(crate) const fn is_by_name(self) -> bool {
        matches!(
            self,
            Self::UserEvents | Self::UserSchedules | Self::OrganizationEvents
        )
    }
}
