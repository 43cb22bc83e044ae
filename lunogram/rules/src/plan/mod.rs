//! The tracking plan: constants that the derives and the `lunogram` tool share, and the file's
//! reader.

mod file;
mod fingerprint;
mod places;

pub use file::{PlanEntry, PlanFile, PlannedProperty};
pub use fingerprint::Fingerprint;
pub use places::{Found, NamedBy, Places, is_fetched, normal};

/// The name of the file, beside `Cargo.toml` or at the root of the workspace.
pub const FILE: &str = "lunogram.plan.json";

/// The path of the key in a `Cargo.toml` that names a plan in another place, under `package` or
/// `workspace`.
pub const METADATA: [&str; 3] = ["metadata", "lunogram", "plan"];

/// The environment variable with the path of a plan in another place.
pub const VARIABLE: &str = "LUNOGRAM_PLAN";

/// The version of the file format, stored in the file as `lunogramPlan`.
pub const VERSION: u64 = 1;

/// The key of the version in the file.
pub const VERSION_KEY: &str = "lunogramPlan";

/// The key of the subject of an entry. The other keys of an entry are its schema.
pub const SUBJECT_KEY: &str = "subject";

/// The command that writes the types in the code to the plan.
pub const WRITE: &str = "lunogram plan write";

/// A section of the plan, which maps names to entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// Events by their names on the wire.
    Events,
    /// Schedules by their names on the wire.
    Schedules,
    /// Traits of users by the names of their types.
    Users,
    /// Traits of organizations by the names of their types.
    Organizations,
    /// Nested types by their names.
    Definitions,
}

impl Section {
    /// All sections in the order of the file.
    pub const ALL: [Self; 5] = [
        Self::Events,
        Self::Schedules,
        Self::Users,
        Self::Organizations,
        Self::Definitions,
    ];

    /// The key of the section in the file.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Schedules => "schedules",
            Self::Users => "users",
            Self::Organizations => "organizations",
            Self::Definitions => "$defs",
        }
    }

    /// The noun for an entry of the section, for messages.
    #[must_use]
    pub const fn entry(self) -> &'static str {
        match self {
            Self::Events => "event",
            Self::Schedules => "schedule",
            Self::Users => "user traits",
            Self::Organizations => "organization traits",
            Self::Definitions => "type",
        }
    }
}

/// The environment variable that makes the derives emit their types for collection instead of
/// checking them. Its value is the folder of a package, followed by a line feed and the name of a
/// binary unless the target is the library.
pub const COLLECT: &str = "LUNOGRAM_PLAN_COLLECT";

/// Marks the start of an entry that a derive emits in a compiler message.
pub const COLLECTED_OPEN: &str = "<lunogram-plan>";

/// Marks the end of an entry that a derive emits in a compiler message.
pub const COLLECTED_CLOSE: &str = "</lunogram-plan>";

/// The schema of a type that does not derive `LunogramProperty`.
pub const ANY: &str = "{\"$comment\": \"any value\"}";

/// The schema of a timestamp.
pub const MOMENT: &str = "{\"type\": \"string\", \"format\": \"date-time\"}";

/// The schema of the id of an event.
pub const EVENT_ID: &str = "{\"type\": \"string\", \"format\": \"uuid\"}";

/// The end of the message about a property that is optional in the code only.
pub const OPTIONAL_HERE: &str = " is optional here but required in the tracking plan; change the field's type, or run `lunogram plan write`";

/// The end of the message about a property that is required in the code only.
pub const REQUIRED_HERE: &str = " is required here but optional in the tracking plan; change the field's type, or run `lunogram plan write`";

/// The end of the message about a type without a schema. Replaces the last part of [`OTHER_HERE`].
pub const ANY_HERE: &str =
    "` in the tracking plan; derive `LunogramProperty` for the type, or run `lunogram plan write`";

/// The end of the message about another type: the texts before, between and after the schema in the
/// code and the schema in the plan.
pub const OTHER_HERE: [&str; 3] = [
    " is `",
    "` here but `",
    "` in the tracking plan; change the type, or run `lunogram plan write`",
];
