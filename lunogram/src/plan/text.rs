//! The text of the plan's file: sorted, with one property per line, so that a change of one
//! property is a change of one line.

use super::json::Json;
use super::model::{DESCRIPTION, Plan, PlanEntry};
use lunogram_rules::json::quoted;
use lunogram_rules::plan::{SUBJECT_KEY, Section, VERSION, VERSION_KEY};
use std::fmt;

/// The JSON Schema dialect of the schemas.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The members of a schema that are lists with one item per line.
const LONG_LISTS: [&str; 3] = ["enum", "oneOf", "anyOf"];

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{{\n  \"$schema\": \"{DIALECT}\",")?;
        write!(f, "  \"{VERSION_KEY}\": {VERSION}")?;
        for section in Section::ALL {
            let mut entries = self.section(section).peekable();
            if entries.peek().is_none() {
                continue;
            }
            write!(f, ",\n  {}: {{\n", quoted(section.key()))?;
            while let Some((name, entry)) = entries.next() {
                write!(f, "    {}: ", quoted(name))?;
                write_entry(f, entry)?;
                f.write_str(if entries.peek().is_some() {
                    ",\n"
                } else {
                    "\n"
                })?;
            }
            f.write_str("  }")?;
        }
        f.write_str("\n}\n")
    }
}

fn write_entry(f: &mut fmt::Formatter<'_>, entry: &PlanEntry) -> fmt::Result {
    let mut members: Vec<(&str, String)> = Vec::new();
    if let Some(subject) = &entry.subject {
        members.push((SUBJECT_KEY, quoted(subject)));
    }
    if let Some(description) = &entry.description {
        members.push((DESCRIPTION, quoted(description)));
    }
    if let Some(Json::Object(schema)) = &entry.schema {
        let schema = schema.iter();
        members.extend(schema.map(|(key, value)| (key.as_str(), member(key, value, 6))));
    }
    f.write_str(&lines(
        '{',
        members
            .iter()
            .map(|(key, value)| format!("{}: {value}", quoted(key))),
        '}',
        4,
    ))
}

/// The text of a value in a schema.
fn member(key: &str, value: &Json, indent: usize) -> String {
    match value {
        Json::Object(properties) if key == "properties" => {
            let properties = properties
                .iter()
                .map(|(key, schema)| format!("{}: {schema}", quoted(key)));
            lines('{', properties, '}', indent)
        }
        Json::Array(items) if LONG_LISTS.contains(&key) => {
            lines('[', items.iter().map(Json::to_string), ']', indent)
        }
        other => other.to_string(),
    }
}

fn lines(open: char, lines: impl Iterator<Item = String>, close: char, indent: usize) -> String {
    let lines: Vec<String> = lines
        .map(|line| format!("{:1$}{line}", "", indent + 2))
        .collect();
    if lines.is_empty() {
        return format!("{open}{close}");
    }
    format!("{open}\n{}\n{:indent$}{close}", lines.join(",\n"), "")
}
