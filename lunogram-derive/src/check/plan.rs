//! Rules of the tracking plan: what a type says of itself is what the plan says of it.
//!
//! What the tokens tell is held against the plan here. What only the compiler can tell, which is what a type's name stands
//! for, is handed on.

use crate::errors::Errors;
use crate::model::{Content, Member, Piece, Presence, Record, Typed};
use lunogram_rules::plan::{
    ANY, Entry, OPTIONAL_HERE, OTHER_HERE, PlanFile, Planned, REQUIRED_HERE, Section, WRITE,
};
use lunogram_rules::suggest;
use proc_macro2::{Ident, Span};
use quote::ToTokens as _;
use std::borrow::Cow;
use syn::Type;

/// What the compiler has to be asked.
pub(crate) type Questions<'r> = Vec<Question<'r>>;

/// Whether a schema is the one that the plan has.
pub(crate) struct Question<'r> {
    /// What it is the schema of.
    pub(crate) what: String,
    pub(crate) of: Of<'r>,
    pub(crate) planned: String,
}

pub(crate) enum Of<'r> {
    Member {
        typed: &'r Typed<'r>,
        presence: Presence,
        required: bool,
        ty: &'r Type,
    },
    Alternative(&'r [Piece], &'r Ident),
}

/// Holds the entries of one type against the plan.
pub(crate) fn all<'r>(
    records: &'r [Record<'r>],
    plan: &PlanFile,
    errors: &Errors,
) -> Questions<'r> {
    let mut questions = Questions::new();
    for record in records {
        match plan.entry(record.section, &record.name) {
            Some(entry) => entry_of(record, &entry, &mut questions, errors),
            // The plan has those of the nested types that an event, a schedule or traits have.
            None if record.section == Section::Definitions => {}
            None => unknown(record, plan, errors),
        }
    }
    questions
}

/// A name that is not in the plan is a typo, or nobody has agreed to it yet.
fn unknown(record: &Record<'_>, plan: &PlanFile, errors: &Errors) {
    let (entry, name) = (record.section.entry(), &record.name);
    errors.at(
        record.at,
        format!(
            "the tracking plan has no {entry} `{name}`{}",
            correction(name, plan.names(record.section))
        ),
    );
}

/// The end of a sentence about a name that is not known.
pub(crate) fn correction(name: &str, known: impl Iterator<Item = String>) -> String {
    let known: Vec<String> = known.collect();
    match suggest::nearest(name, known.iter().map(String::as_str)) {
        Some(nearest) => format!("; did you mean `{nearest}`? if it is new, run `{WRITE}`"),
        None => format!("; correct it, or run `{WRITE}` if it is new"),
    }
}

fn entry_of<'r>(
    record: &'r Record<'r>,
    entry: &Entry<'_>,
    questions: &mut Questions<'r>,
    errors: &Errors,
) {
    let (name, ident) = (&record.name, record.ident);
    if let (Some(here), Some(there)) = (record.subject, entry.subject())
        && here != there
    {
        errors.at(
            record.at,
            format!("{} `{name}` is about a subject of kind `{here}` here, and of kind `{there}` in the tracking plan; change it, or run `{WRITE}`", record.section.entry()),
        );
    }
    let whole = |here: &str| {
        let [is, but, instead] = OTHER_HERE;
        let there = entry.schema();
        format!("type `{name}`{is}{here}{but}{there}{instead}")
    };
    match &record.content {
        Content::Members(members) if entry.is_closed() => {
            let planned = entry.properties();
            for member in members.iter().filter(|member| !member.flattened) {
                match planned.iter().find(|planned| planned.key() == member.key) {
                    Some(planned) => property(record, member, planned, questions, errors),
                    None => errors.at(
                        member.at,
                        format!(
                            "the tracking plan's `{name}` has no property `{}`{}",
                            member.key,
                            correction(&member.key, lacking(members, &planned).map(Cow::into_owned)),
                        ),
                    ),
                }
            }
            missing(record, members, &planned, errors);
        }
        Content::Members(_) if record.section == Section::Definitions => {
            errors.at(ident.span(), whole("an object with the properties of its fields"));
        }
        Content::Members(_) => errors.at(
            record.at,
            format!("the tracking plan knows `{name}` by its name alone; run `{WRITE}` to take its properties in"),
        ),
        Content::Names(here) => match entry.alternatives("enum") {
            Some(there) => names(record, here, &there, errors),
            None => errors.at(ident.span(), whole("the name of one of its variants")),
        },
        Content::Choice(word, alternatives) => match entry.alternatives(word) {
            Some(there) if there.len() == alternatives.len() => {
                let pairs = alternatives.iter().zip(there);
                questions.extend(pairs.map(|((pieces, variant), planned)| Question {
                    what: format!("variant `{variant}` of `{name}`"),
                    of: Of::Alternative(pieces, variant),
                    planned,
                }));
            }
            there => {
                let here = format!("a choice of {}", alternatives.len());
                let there = there.map_or_else(|| entry.schema(), |there| format!("a choice of {}", there.len()));
                let [is, but, instead] = OTHER_HERE;
                errors.at(ident.span(), format!("type `{name}`{is}{here}{but}{there}{instead}"));
            }
        },
    }
}

/// Properties of the plan that no field stands for.
fn lacking<'p>(
    members: &[Member<'_>],
    planned: &'p [Planned<'p>],
) -> impl Iterator<Item = Cow<'p, str>> {
    planned
        .iter()
        .filter(|planned| members.iter().all(|member| member.key != planned.key()))
        .map(Planned::key)
}

/// Whoever reads the event counts on each property of the plan. What flattened values bring is not seen here: the plan
/// as a whole is checked by the tool and by a test.
fn missing(record: &Record<'_>, members: &[Member<'_>], planned: &[Planned<'_>], errors: &Errors) {
    if members.iter().any(|member| member.flattened) {
        return;
    }
    let mut lacking: Vec<String> = lacking(members, planned).map(Cow::into_owned).collect();
    if lacking.is_empty() {
        return;
    }
    // What a stranger was meant to be is said where that stands.
    for member in members {
        if planned.iter().all(|planned| planned.key() != member.key)
            && let Some(meant) = suggest::nearest(&member.key, lacking.iter().map(String::as_str))
        {
            let meant = meant.to_owned();
            lacking.retain(|key| *key != meant);
        }
    }
    let (name, ident) = (&record.name, record.ident);
    for key in lacking {
        errors.at(
            ident.span(),
            format!("`{ident}` has no property `{key}`, which the tracking plan's `{name}` has; add it, or run `{WRITE}`"),
        );
    }
}

fn property<'r>(
    record: &Record<'_>,
    member: &'r Member<'r>,
    planned: &Planned<'_>,
    questions: &mut Questions<'r>,
    errors: &Errors,
) {
    let what = || format!("property `{}` of `{}`", member.key, record.name);
    let verdict = |here: &str, required: bool, at: Span| {
        if !planned.is(here) {
            let [is, but, instead] = OTHER_HERE;
            let there = planned.schema();
            errors.at(at, format!("{}{is}{here}{but}{there}{instead}", what()));
        } else if required && !planned.required {
            errors.at(at, format!("{}{REQUIRED_HERE}", what()));
        } else if !required && planned.required {
            errors.at(at, format!("{}{OPTIONAL_HERE}", what()));
        }
    };
    match &member.typed {
        Typed::Fixed(schema) => verdict(schema, true, member.at),
        Typed::Any | Typed::Open(_) => {
            verdict(ANY, member.presence == Presence::Always, member.at);
        }
        Typed::By(_, ty) | Typed::AsString(_, ty) => match &member.spelled {
            Some(spelled) => {
                let (schema, required) = spelled.written(member.presence);
                // Where a type starts is asked of the compiler, and not without need.
                if required != planned.required || !planned.is(&schema) {
                    verdict(&schema, required, start(ty));
                }
            }
            None => questions.push(Question {
                what: what(),
                of: Of::Member {
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

/// Where a type starts.
fn start(ty: &Type) -> Span {
    let first = ty.to_token_stream().into_iter().next();
    first.map_or_else(Span::call_site, |token| token.span())
}

fn names(record: &Record<'_>, here: &[(String, &Ident)], there: &[String], errors: &Errors) {
    let name = &record.name;
    let there: Vec<String> = there
        .iter()
        .map(|value| value.trim_matches('"').to_owned())
        .collect();
    let lacking = || {
        let known = |value: &&String| here.iter().any(|(name, _)| name == *value);
        there.iter().filter(move |value| !known(value))
    };
    let mut meant = Vec::new();
    for (value, variant) in here.iter().filter(|(value, _)| !there.contains(value)) {
        meant.extend(suggest::nearest(value, lacking().map(String::as_str)));
        errors.at(
            variant.span(),
            format!(
                "the tracking plan's `{name}` has no value `{value}`{}",
                correction(value, lacking().cloned())
            ),
        );
    }
    let ident = record.ident;
    for value in lacking().filter(|value| !meant.contains(&value.as_str())) {
        errors.at(
            ident.span(),
            format!("`{ident}` has no value `{value}`, which the tracking plan's `{name}` has; add it, or run `{WRITE}`"),
        );
    }
}
