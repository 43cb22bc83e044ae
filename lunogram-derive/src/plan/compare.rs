//! Compares the entries that a type has in the code with those in the plan.
//!
//! Names, properties and well-known types are compared here. Schemas that only the compiler knows,
//! such as that of a type with `LunogramProperty`, are returned as [`Assertion`]s.

use super::record::{Content, Member, Record, SchemaPart};
use crate::errors::Errors;
use crate::model::{Presence, Typed};
use lunogram_rules::plan::{
    ANY, OPTIONAL_HERE, OTHER_HERE, PlanEntry, PlanFile, PlannedProperty, REQUIRED_HERE, Section,
    WRITE,
};
use lunogram_rules::suggest;
use proc_macro2::{Ident, Span};
use quote::ToTokens as _;
use std::borrow::Cow;
use syn::Type;

/// A comparison for the compiler: whether a schema in the code is the one in the plan.
pub(super) struct Assertion<'r> {
    /// The owner of the schema, as the subject of the error message.
    pub(super) what: String,
    pub(super) actual: Actual<'r>,
    /// The schema in the plan.
    pub(super) planned: String,
}

/// The schema in the code.
pub(super) enum Actual<'r> {
    Property {
        typed: &'r Typed<'r>,
        presence: Presence,
        /// Whether the plan requires the property.
        required: bool,
        ty: &'r Type,
    },
    Variant(&'r [SchemaPart], &'r Ident),
}

/// Compares all entries of one type.
pub(super) fn all<'r>(
    records: &'r [Record<'r>],
    plan: &PlanFile,
    errors: &Errors,
) -> Vec<Assertion<'r>> {
    let mut comparison = Comparison {
        assertions: Vec::new(),
        errors,
    };
    for record in records {
        match plan.entry(record.section, &record.name) {
            Some(entry) => comparison.record(record, &entry),
            // The plan lists a nested type only if an event, a schedule or traits use it.
            None if record.section == Section::Definitions => {}
            None => comparison.unknown(record, plan),
        }
    }
    comparison.assertions
}

/// The end of a message about an unknown name.
pub(super) fn advice(name: &str, known: impl Iterator<Item = String>) -> String {
    let known: Vec<String> = known.collect();
    match suggest::nearest(name, known.iter().map(String::as_str)) {
        Some(nearest) => format!("; did you mean `{nearest}`? if it is new, run `{WRITE}`"),
        None => format!("; correct it, or run `{WRITE}` if it is new"),
    }
}

struct Comparison<'r, 'e> {
    assertions: Vec<Assertion<'r>>,
    errors: &'e Errors,
}

impl<'r> Comparison<'r, '_> {
    /// The name is misspelled or has not been added to the plan.
    fn unknown(&self, record: &Record<'_>, plan: &PlanFile) {
        let (entry, name) = (record.section.entry(), &record.name);
        let advice = advice(name, plan.names(record.section));
        self.errors.at(
            record.span,
            format!("the tracking plan has no {entry} `{name}`{advice}"),
        );
    }

    fn record(&mut self, record: &'r Record<'r>, entry: &PlanEntry<'_>) {
        let (name, span) = (&record.name, record.ident.span());
        self.subject(record, entry);
        match &record.content {
            Content::Members(members) if entry.is_closed() => self.members(record, members, entry),
            Content::Members(_) if record.section == Section::Definitions => {
                let planned = entry.schema();
                self.errors.at(
                    span,
                    format!("type `{name}` is a struct here but `{planned}` in the tracking plan; change the type, or run `{WRITE}`"),
                );
            }
            Content::Members(_) => self.errors.at(
                record.span,
                format!("the tracking plan has the name `{name}` without properties; run `{WRITE}` to add them"),
            ),
            Content::Names(in_code) => {
                if let Some(in_plan) = entry.alternatives("enum") {
                    self.names(record, in_code, &in_plan);
                } else {
                    let planned = entry.schema();
                    self.errors.at(
                        span,
                        format!("type `{name}` is an enum of strings here but `{planned}` in the tracking plan; change the type, or run `{WRITE}`"),
                    );
                }
            }
            Content::Choice(keyword, in_code) => match entry.alternatives(keyword) {
                Some(in_plan) if in_plan.len() == in_code.len() => {
                    let pairs = in_code.iter().zip(in_plan);
                    let assertions = pairs.map(|((parts, variant), planned)| Assertion {
                        what: format!("variant `{variant}` of `{name}`"),
                        actual: Actual::Variant(parts, variant),
                        planned,
                    });
                    self.assertions.extend(assertions);
                }
                in_plan => {
                    let planned = match in_plan {
                        Some(in_plan) => format!("{} in the tracking plan", in_plan.len()),
                        None => format!("is `{}` in the tracking plan", entry.schema()),
                    };
                    let count = variants(in_code.len());
                    self.errors.at(
                        span,
                        format!("enum `{name}` has {count} here but {planned}; change the type, or run `{WRITE}`"),
                    );
                }
            },
        }
    }

    fn subject(&self, record: &Record<'_>, entry: &PlanEntry<'_>) {
        let (Some(in_code), Some(in_plan)) = (record.subject, entry.subject()) else {
            return;
        };
        if in_code != in_plan {
            let article = |subject: &str| match subject {
                "organization" => "an organization".to_owned(),
                other => format!("a {other}"),
            };
            self.errors.at(
                record.span,
                format!(
                    "{} `{}` is about {} here but about {} in the tracking plan; change it, or run `{WRITE}`",
                    record.section.entry(),
                    record.name,
                    article(in_code),
                    article(in_plan)
                ),
            );
        }
    }

    fn members(&mut self, record: &Record<'_>, members: &'r [Member<'r>], entry: &PlanEntry<'_>) {
        let planned = entry.properties();
        for member in members.iter().filter(|member| !member.flattened) {
            if let Some(planned) = planned.iter().find(|planned| planned.key() == member.key) {
                self.property(record, member, planned);
            } else {
                let missing = missing(members, &planned).map(Cow::into_owned);
                self.errors.at(
                    member.span,
                    format!(
                        "the tracking plan's `{}` has no property `{}`{}",
                        record.name,
                        member.key,
                        advice(&member.key, missing),
                    ),
                );
            }
        }
        self.missing(record, members, &planned);
    }

    /// Readers of an event rely on every property in the plan. Flattened values may contain the
    /// missing ones, which the derive cannot see. `lunogram plan check` and the test of the plan
    /// do.
    fn missing(
        &self,
        record: &Record<'_>,
        members: &[Member<'_>],
        planned: &[PlannedProperty<'_>],
    ) {
        if members.iter().any(|member| member.flattened) {
            return;
        }
        let mut missing: Vec<String> = missing(members, planned).map(Cow::into_owned).collect();
        if missing.is_empty() {
            return;
        }
        // Skip missing properties that were already suggested as the correct name of an unknown
        // one.
        for member in members {
            if planned.iter().all(|planned| planned.key() != member.key)
                && let Some(meant) =
                    suggest::nearest(&member.key, missing.iter().map(String::as_str))
            {
                let meant = meant.to_owned();
                missing.retain(|key| *key != meant);
            }
        }
        let (name, ident) = (&record.name, record.ident);
        for key in missing {
            self.errors.at(
                ident.span(),
                format!("`{ident}` has no property `{key}`, which the tracking plan's `{name}` has; add it, or run `{WRITE}`"),
            );
        }
    }

    fn property(
        &mut self,
        record: &Record<'_>,
        member: &'r Member<'r>,
        planned: &PlannedProperty<'_>,
    ) {
        let what = || format!("property `{}` of `{}`", member.key, record.name);
        let verdict = |in_code: &str, required: bool, span: Span| {
            if !planned.is(in_code) {
                let [is, but, advice] = OTHER_HERE;
                let in_plan = planned.schema();
                self.errors.at(
                    span,
                    format!("{}{is}{in_code}{but}{in_plan}{advice}", what()),
                );
            } else if required && !planned.required {
                self.errors.at(span, format!("{}{REQUIRED_HERE}", what()));
            } else if !required && planned.required {
                self.errors.at(span, format!("{}{OPTIONAL_HERE}", what()));
            }
        };
        match &member.typed {
            Typed::Fixed(schema) => verdict(schema, true, member.span),
            Typed::Any | Typed::Generic(_) => {
                verdict(ANY, member.presence == Presence::Always, member.span);
            }
            Typed::Of(_, ty) | Typed::AsString(_, ty) => match &member.well_known {
                Some(known) => {
                    let (schema, required) = known.schema_and_required(member.presence);
                    // The span of a type is a call to the compiler, so it is requested on errors
                    // only.
                    if required != planned.required || !planned.is(&schema) {
                        verdict(&schema, required, first_token(ty));
                    }
                }
                None => self.assertions.push(Assertion {
                    what: what(),
                    actual: Actual::Property {
                        typed: &member.typed,
                        presence: member.presence,
                        required: planned.required,
                        ty,
                    },
                    planned: planned.schema(),
                }),
            },
        }
    }

    fn names(&self, record: &Record<'_>, in_code: &[(String, &Ident)], in_plan: &[String]) {
        let name = &record.name;
        let in_plan: Vec<String> = in_plan
            .iter()
            .map(|value| value.trim_matches('"').to_owned())
            .collect();
        let missing = || {
            let known = |value: &&String| in_code.iter().any(|(name, _)| name == *value);
            in_plan.iter().filter(move |value| !known(value))
        };
        let mut meant = Vec::new();
        for (value, variant) in in_code.iter().filter(|(value, _)| !in_plan.contains(value)) {
            meant.extend(suggest::nearest(value, missing().map(String::as_str)));
            self.errors.at(
                variant.span(),
                format!(
                    "the tracking plan's `{name}` has no value `{value}`{}",
                    advice(value, missing().cloned())
                ),
            );
        }
        let ident = record.ident;
        for value in missing().filter(|value| !meant.contains(&value.as_str())) {
            self.errors.at(
                ident.span(),
                format!("`{ident}` has no value `{value}`, which the tracking plan's `{name}` has; add it, or run `{WRITE}`"),
            );
        }
    }
}

fn variants(count: usize) -> String {
    match count {
        1 => "1 variant".to_owned(),
        other => format!("{other} variants"),
    }
}

/// The properties in the plan that no field has.
fn missing<'p>(
    members: &[Member<'_>],
    planned: &'p [PlannedProperty<'p>],
) -> impl Iterator<Item = Cow<'p, str>> {
    planned
        .iter()
        .filter(|planned| members.iter().all(|member| member.key != planned.key()))
        .map(PlannedProperty::key)
}

/// The first token of a type.
fn first_token(ty: &Type) -> Span {
    let first = ty.to_token_stream().into_iter().next();
    first.map_or_else(Span::call_site, |token| token.span())
}
