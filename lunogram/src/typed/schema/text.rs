//! Schemas as JSON text, spaced as the tracking plan has it.

use super::super::keys::equal;
use super::super::text::Text;
use super::{Presence, Property, Schema, Shape};

impl Schema {
    const fn write<const N: usize>(&self, text: &mut Text<N>) {
        match &self.0 {
            Shape::Any => text.push(lunogram_rules::plan::ANY),
            Shape::Fixed(schema) => text.push(schema),
            Shape::Plain(kind, format) => {
                text.push("{\"type\": \"");
                text.push(kind);
                text.push("\"");
                end_plain(*format, text);
            }
            Shape::List(items) => {
                text.push("{\"type\": \"array\", \"items\": ");
                items.write(text);
                text.push("}");
            }
            Shape::Tuple(items) => {
                text.push("{\"type\": \"array\", \"prefixItems\": [");
                let mut at = 0;
                while at < items.len() {
                    comma(at, text);
                    items[at].write(text);
                    at += 1;
                }
                text.push("], \"items\": false}");
            }
            Shape::Map(values) => {
                text.push("{\"type\": \"object\", \"additionalProperties\": ");
                values.write(text);
                text.push("}");
            }
            Shape::Nullable(_) => match &self.present().0 {
                Shape::Any => self.present().write(text),
                Shape::Plain(kind, format) => {
                    text.push("{\"type\": [\"");
                    text.push(kind);
                    text.push("\", \"null\"]");
                    end_plain(*format, text);
                }
                _ => {
                    text.push("{\"anyOf\": [");
                    self.present().write(text);
                    text.push(", {\"type\": \"null\"}]}");
                }
            },
            Shape::Named(name) => {
                text.push("{\"$ref\": \"#/$defs/");
                text.push(name);
                text.push("\"}");
            }
            Shape::Object(properties) => write_object(properties, text),
        }
    }
}

const fn end_plain<const N: usize>(format: Option<&str>, text: &mut Text<N>) {
    if let Some(format) = format {
        text.push(", \"format\": \"");
        text.push(format);
        text.push("\"");
    }
    text.push("}");
}

const fn write_object<const N: usize>(properties: &[Property], text: &mut Text<N>) {
    text.push("{\"type\": \"object\", \"properties\": {");
    let mut at = 0;
    while at < properties.len() {
        let Property {
            key,
            schema,
            presence,
        } = &properties[at];
        comma(at, text);
        text.push(key);
        text.push(": ");
        presence.written(schema).write(text);
        at += 1;
    }
    text.push("}, \"required\": [");
    let (mut at, mut written) = (0, 0);
    while at < properties.len() {
        let Property {
            key,
            schema,
            presence,
        } = &properties[at];
        if presence.is_required(schema) {
            comma(written, text);
            text.push(key);
            written += 1;
        }
        at += 1;
    }
    text.push("], \"additionalProperties\": false}");
}

const fn comma<const N: usize>(at: usize, text: &mut Text<N>) {
    if at > 0 {
        text.push(", ");
    }
}

/// What a derive tells of a type: what it knows itself, and what only the compiler knows.
#[doc(hidden)]
pub enum Part {
    /// Text as it is.
    Text(&'static str),
    /// `"required":…,"schema":…`
    Property(Schema, Presence),
    /// A schema.
    Schema(Schema),
}

impl Part {
    const fn write<const N: usize>(&self, text: &mut Text<N>) {
        match self {
            Self::Text(part) => text.push(part),
            Self::Schema(schema) => schema.write(text),
            Self::Property(schema, presence) => {
                text.push("\"required\":");
                text.push(if presence.is_required(schema) {
                    "true"
                } else {
                    "false"
                });
                text.push(",\"schema\":");
                presence.written(schema).write(text);
            }
        }
    }
}

/// More than any type has to tell.
const TOLD: usize = 1 << 20;

/// Tells whoever collects the plan of one type, in the one way that a build has to tell of a constant: it panics.
///
/// # Panics
/// Always; at compile time, since it is called nowhere else, and only in builds that collect the plan.
pub const fn tell(parts: &[Part]) -> ! {
    let mut text = Text::<TOLD>::new();
    text.push(lunogram_rules::plan::COLLECTED_OPEN);
    write_parts(parts, &mut text);
    text.push(lunogram_rules::plan::COLLECTED_CLOSE);
    panic!("{}", text.as_str())
}

const fn write_parts<const N: usize>(parts: &[Part], text: &mut Text<N>) {
    let mut at = 0;
    while at < parts.len() {
        parts[at].write(text);
        at += 1;
    }
}

/// More than a schema takes on one line.
const LINE: usize = 1 << 16;

/// Fails to compile where a property's type is not what the tracking plan says.
///
/// # Panics
/// Then; at compile time, since it is called nowhere else.
#[track_caller]
pub const fn assert_planned(
    what: &str,
    schema: &Schema,
    presence: Presence,
    planned: &str,
    required: bool,
) {
    assert_text(what, &[Part::Schema(*presence.written(schema))], planned);
    if presence.is_required(schema) != required {
        let words = if required {
            lunogram_rules::plan::OPTIONAL_HERE
        } else {
            lunogram_rules::plan::REQUIRED_HERE
        };
        refuse(&[what, words]);
    }
}

/// Fails to compile where a whole type is not what the tracking plan says.
///
/// # Panics
/// Then; at compile time, since it is called nowhere else.
#[track_caller]
pub const fn assert_planned_as(what: &str, parts: &[Part], planned: &str) {
    assert_text(what, parts, planned);
}

#[track_caller]
const fn assert_text(what: &str, parts: &[Part], planned: &str) {
    let mut here = Text::<LINE>::new();
    write_parts(parts, &mut here);
    if !equal(here.as_str().as_bytes(), planned.as_bytes()) {
        let [is, but, mut instead] = lunogram_rules::plan::OTHER_HERE;
        if equal(
            here.as_str().as_bytes(),
            lunogram_rules::plan::ANY.as_bytes(),
        ) {
            instead = lunogram_rules::plan::ANY_HERE;
        }
        refuse(&[what, is, here.as_str(), but, planned, instead]);
    }
}

#[track_caller]
const fn refuse(words: &[&str]) -> ! {
    let mut message = Text::<{ 4 * LINE }>::new();
    let mut at = 0;
    while at < words.len() {
        message.push(words[at]);
        at += 1;
    }
    panic!("{}", message.as_str())
}
