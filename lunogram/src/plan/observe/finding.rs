//! The differences between a plan and the schemas that a server has observed.

use lunogram_rules::suggest;
use std::fmt;

/// The category of a [`Finding`], to branch on.
///
/// ```
/// use lunogram::plan::{Finding, FindingKind};
///
/// /// Something that was never observed may be new: it is no reason for an alarm.
/// fn is_drift(finding: &Finding) -> bool {
///     finding.kind() != FindingKind::NeverSeen
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FindingKind {
    /// The server has observed something that is not in the plan: the trace of a typo, or of data
    /// that was sent before there was a plan.
    Unknown,
    /// The server has observed a type that the plan does not allow.
    OtherType,
    /// The server has never observed something that is in the plan. It may be new, or rare.
    NeverSeen,
}

/// One difference between the plan and the schemas that a server has observed.
///
/// Its `Display` is one line for people.
///
/// ```
/// use lunogram::plan::{FindingKind, Plan};
/// use lunogram::{Client, Event, testing::Server};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::start()?;
/// let client = Client::builder(server.key())
///     .base_url(server.url())
///     .project(server.project_id())
///     .build()?;
/// client.send(&Event::new("purchase_complete").to("user_123")).await?;
///
/// let text = r#"{"lunogramPlan": 1, "events": {"purchase_completed": {"subject": "user"}}}"#;
/// let plan: Plan = text.parse()?;
/// let findings = plan.observe(&client).await?;
/// assert_eq!(findings[0].kind(), FindingKind::Unknown);
/// assert_eq!(
///     findings[0].to_string(),
///     "event `purchase_complete` of a user was observed, but is not in the plan; \
///      did you mean `purchase_completed`?"
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    kind: FindingKind,
    text: String,
}

impl Finding {
    /// The category, to branch on.
    pub fn kind(&self) -> FindingKind {
        self.kind
    }

    /// `subject` is not in the plan. The nearest of the `known` names to `name` is suggested.
    pub(super) fn unknown<'n>(
        subject: &str,
        name: &str,
        known: impl Iterator<Item = &'n str>,
    ) -> Self {
        let advice = match suggest::nearest(name, known) {
            Some(nearest) => format!("; did you mean `{nearest}`?"),
            None => String::new(),
        };
        Self {
            kind: FindingKind::Unknown,
            text: format!("{subject} was observed, but is not in the plan{advice}"),
        }
    }

    pub(super) fn other_type(subject: &str, observed: &[&str], allowed: &[&str]) -> Self {
        Self {
            kind: FindingKind::OtherType,
            text: format!(
                "{subject} was observed as {}, but is {} in the plan",
                observed.join(" and "),
                allowed.join(" or "),
            ),
        }
    }

    pub(super) fn never_seen(subject: &str) -> Self {
        Self {
            kind: FindingKind::NeverSeen,
            text: format!("{subject} was never observed"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
