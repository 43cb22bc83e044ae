//! One type as a derive reports it when the plan is collected.

use super::json::Json;
use lunogram_rules::plan::{COLLECTED_CLOSE, COLLECTED_OPEN, Section};
use serde::de::{self, Deserialize, Deserializer};

/// One type, or the name of an event that no type stands for.
#[derive(Clone, Debug, serde::Deserialize)]
pub(super) struct Collected {
    #[serde(deserialize_with = "section")]
    pub(super) section: Section,
    pub(super) name: String,
    /// The place of the type in the code, for messages.
    #[serde(skip)]
    pub(super) position: String,
    /// The identifier of the Rust type; `None` for a name without a type.
    #[serde(rename = "type")]
    ident: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) description: Option<String>,
    /// The schema of a type that has no properties, such as an enum.
    pub(super) schema: Option<Json>,
    pub(super) properties: Option<Vec<CollectedProperty>>,
    #[serde(default)]
    pub(super) flattened: Vec<FlattenedField>,
}

#[derive(Clone, Debug, serde::Deserialize)]
pub(super) struct CollectedProperty {
    pub(super) key: String,
    pub(super) schema: Json,
    pub(super) required: bool,
    pub(super) description: Option<String>,
}

/// A field whose value adds its properties to those of the type.
#[derive(Clone, Debug, serde::Deserialize)]
pub(super) struct FlattenedField {
    pub(super) schema: Json,
    pub(super) required: bool,
}

impl Collected {
    /// Parses a compiler message; `None` if a derive did not write it.
    pub(super) fn from_message(message: &str, position: &str) -> Option<Self> {
        let (_, rest) = message.split_once(COLLECTED_OPEN)?;
        let (text, _) = rest.split_once(COLLECTED_CLOSE)?;
        let collected: Self = serde_json::from_str(text).ok()?;
        Some(Self {
            position: position.to_owned(),
            ..collected
        })
    }

    /// Whether this is a name without a type.
    pub(super) fn is_name_alone(&self) -> bool {
        self.ident.is_none()
    }
}

fn section<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Section, D::Error> {
    let key = String::deserialize(deserializer)?;
    Section::ALL
        .into_iter()
        .find(|section| section.key() == key)
        .ok_or_else(|| de::Error::custom("unknown section"))
}
