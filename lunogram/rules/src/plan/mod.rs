//! The tracking plan: what the derives and the tool have to agree on, and how both read it.

mod file;

pub use file::{Entry, PlanFile, Planned};

/// The name of the file, beside `Cargo.toml` or at the root of the workspace.
pub const FILE: &str = "lunogram.plan.json";

/// The variable with the path of a plan that is elsewhere.
pub const VARIABLE: &str = "LUNOGRAM_PLAN";

/// The version of the format, which is in the file as `lunogramPlan`.
pub const VERSION: u64 = 1;

/// The key of the version.
pub const VERSION_KEY: &str = "lunogramPlan";

/// The key of an entry that says whom it is about; all else in an entry is its schema.
pub const SUBJECT_KEY: &str = "subject";

/// The command that takes the code's types into the plan.
pub const WRITE: &str = "lunogram plan write";

/// The parts of the plan that have entries by their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// By their names on the wire.
    Events,
    /// By their names on the wire.
    Schedules,
    /// Traits of users, by the names of their types.
    Users,
    /// Traits of organizations, by the names of their types.
    Organizations,
    /// Nested types, by their names.
    Definitions,
}

impl Section {
    /// All of them, in the order in which they are written.
    pub const ALL: [Self; 5] = [
        Self::Events,
        Self::Schedules,
        Self::Users,
        Self::Organizations,
        Self::Definitions,
    ];

    /// Its key in the file.
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

    /// What one of its entries is.
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

/// The variable that asks the derives to tell of themselves instead of checking themselves: the folder of a package, and
/// behind a line break the name of one of its binaries, if it is not the library that is asked.
pub const COLLECT: &str = "LUNOGRAM_PLAN_COLLECT";

/// What stands in front of what a derive tells.
pub const TOLD_OPEN: &str = "<lunogram-plan>";

/// What stands behind it.
pub const TOLD_CLOSE: &str = "</lunogram-plan>";

/// The schema of whatever has none of its own.
pub const ANY: &str = "{\"$comment\": \"any value\"}";

/// The schema of a moment.
pub const MOMENT: &str = "{\"type\": \"string\", \"format\": \"date-time\"}";

/// Of a property: why it is not the plan's, behind what it is.
pub const OPTIONAL_HERE: &str = " is optional here, and required in the tracking plan; change the field's type, or run `lunogram plan write`";

/// Of a property: why it is not the plan's, behind what it is.
pub const REQUIRED_HERE: &str = " is required here, and optional in the tracking plan; change the field's type, or run `lunogram plan write`";

/// The end of the same of a type without schema.
pub const ANY_HERE: &str =
    "` in the tracking plan; derive `LunogramProperty` for the type, or run `lunogram plan write`";

/// Of a type: why it is not the plan's, behind what it is, around its schema here and its schema there.
pub const OTHER_HERE: [&str; 3] = [
    " is `",
    "` here, and `",
    "` in the tracking plan; change the type, or run `lunogram plan write`",
];
