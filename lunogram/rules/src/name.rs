//! Names of events and schedules.

use crate::text::unfit;
use crate::{ProblemKind, Violation, column};

/// Prefixes of event names that are reserved for the platform.
pub const RESERVED_PREFIXES: [&str; 5] = ["user.", "organization.", "list.", "link.", "scheduled."];

/// The schedule that the platform creates for every user and organization.
pub const RESERVED_SCHEDULE: &str = "anniversary";

/// Checks the name of an event: lower `snake_case` words joined by dots, such as
/// `purchase_completed` or `order.completed`.
///
/// A word starts with a letter. Its parts after an underscore may start with a digit (`step_2`).
///
/// # Errors
/// If it is not such a name, or is not allowed as a [`raw_event`]. The message proposes a name.
pub fn event(name: &str) -> Result<(), Violation> {
    raw_event(name)?;
    snake_case_words("event", name)
}

/// Checks the name of an event that keeps its existing spelling, such as `Product Purchased`.
///
/// # Errors
/// If it is empty, has a reserved prefix, a control character, leading or trailing whitespace, or
/// more than 255 characters.
pub fn raw_event(name: &str) -> Result<(), Violation> {
    well_formed("event", name)?;
    match RESERVED_PREFIXES
        .iter()
        .find(|prefix| name.starts_with(**prefix))
    {
        None => Ok(()),
        Some(prefix) => Err(Violation::new(
            ProblemKind::ReservedName,
            format!(
                "event name `{name}` starts with `{prefix}`, which is reserved for the platform's own events; use another first word, such as `{}{}`",
                alternative(prefix),
                name.strip_prefix(prefix).unwrap_or_default(),
            ),
        )),
    }
}

/// Checks the name of a schedule, which follows the same rules as the name of an [`event`], except
/// that [`RESERVED_SCHEDULE`] is reserved instead of the prefixes.
///
/// # Errors
/// If it is not such a name. The message proposes a name.
pub fn schedule(name: &str) -> Result<(), Violation> {
    raw_schedule(name)?;
    snake_case_words("schedule", name)
}

/// Checks the name of a schedule that keeps its existing spelling.
///
/// # Errors
/// If it is empty, reserved, has a control character, leading or trailing whitespace, or more than
/// 255 characters.
pub fn raw_schedule(name: &str) -> Result<(), Violation> {
    well_formed("schedule", name)?;
    if name == RESERVED_SCHEDULE {
        return Err(Violation::fixed(
            ProblemKind::ReservedName,
            "schedule name `anniversary` is reserved: the platform creates this schedule for every user and organization; use another name, such as `membership_anniversary`",
        ));
    }
    Ok(())
}

fn well_formed(kind: &str, name: &str) -> Result<(), Violation> {
    if name.is_empty() {
        return Err(Violation::new(
            ProblemKind::Name,
            format!(
                "empty {kind} name; write lower snake_case words, such as `{}`",
                example(kind)
            ),
        ));
    }
    match unfit(name) {
        Some(fault) => Err(Violation::new(
            ProblemKind::Name,
            format!("{kind} name {name:?} has {fault}; remove it"),
        )),
        None if kind == "schedule" => column::SCHEDULE_NAME.check(name),
        None => column::EVENT_NAME.check(name),
    }
}

fn snake_case_words(kind: &str, name: &str) -> Result<(), Violation> {
    if name.split('.').all(is_snake_case) {
        return Ok(());
    }
    let words: Vec<String> = name
        .split('.')
        .map(snake_words)
        .filter(|word| !word.is_empty())
        .collect();
    let proposal = words.join(".");
    let proposal =
        if proposal != name && words.iter().all(|word| is_snake_case(word)) && !words.is_empty() {
            proposal
        } else {
            example(kind).to_owned()
        };
    Err(Violation::new(
        ProblemKind::NotSnakeCase,
        format!(
            "{kind} name `{name}` is not lower snake_case words joined by dots; write `{proposal}`, or keep an old name with `raw_name`"
        ),
    ))
}

fn is_snake_case(word: &str) -> bool {
    let mut parts = word.split('_');
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    parts
        .next()
        .is_some_and(|first| is_part(first) && first.starts_with(|c: char| c.is_ascii_lowercase()))
        && parts.all(is_part)
}

/// Converts `Purchase Completed` and `purchase-completed` to `purchase_completed`.
fn snake_words(text: &str) -> String {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(snake_case)
        .collect::<Vec<_>>()
        .join("_")
}

/// The default name of a Rust type or variant: `purchase_completed` for `PurchaseCompleted`,
/// `http_error` for `HTTPError`, `match` for `r#Match`.
///
/// A word starts at an upper-case letter that follows a lower-case letter or digit, or that is
/// followed by a lower-case letter.
#[must_use]
pub fn snake_case(ident: &str) -> String {
    let ident = ident.strip_prefix("r#").unwrap_or(ident);
    let letters: Vec<char> = ident.chars().collect();
    let mut name = String::with_capacity(ident.len() + 4);
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| letters.get(before));
        let after = letters.get(index + 1);
        let starts_word = letter.is_uppercase()
            && before.is_some_and(|before| {
                *before != '_'
                    && (!before.is_uppercase() || after.is_some_and(|after| after.is_lowercase()))
            });
        if starts_word {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

fn alternative(prefix: &str) -> &'static str {
    match prefix {
        "user." => "account.",
        "organization." => "company.",
        "list." => "collection.",
        "link." => "url.",
        _ => "planned.",
    }
}

fn example(kind: &str) -> &'static str {
    if kind == "schedule" {
        "trial_end"
    } else {
        "purchase_completed"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_joined_by_underscores_or_dots_are_valid() {
        for name in [
            "purchase_completed",
            "order.completed",
            "a",
            "step_2",
            "v2.step_10_done",
            "userland.created",
        ] {
            assert_eq!(event(name), Ok(()), "{name}");
            assert_eq!(schedule(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn error_messages_propose_a_name() {
        for (name, words) in [
            ("", "empty event name"),
            ("user.upgraded", "such as `account.upgraded`"),
            ("scheduled.x", "such as `planned.x`"),
            ("Purchase Completed", "write `purchase_completed`"),
            ("purchaseCompleted", "write `purchase_completed`"),
            ("order..completed", "write `order.completed`"),
            ("order.", "write `order`"),
            ("2fast", "write `purchase_completed`"),
            ("a__b", "write `a_b`"),
            ("naïve", "write `purchase_completed`"),
            (" a", "whitespace"),
            ("a\nb", "control character"),
        ] {
            let message = event(name).expect_err(name).to_string();
            assert!(message.contains(words), "{name:?}: {message}");
        }
    }

    #[test]
    fn raw_names_keep_their_spelling_but_not_reserved_names() {
        for name in ["Product Purchased", "PRODUCT", "a-b/c", "événement"] {
            assert_eq!(raw_event(name), Ok(()));
            assert!(event(name).is_err());
        }
        for name in [
            "",
            " x",
            "x ",
            "a\tb",
            "user.x",
            "organization.x",
            "list.x",
            "link.x",
            "scheduled.x",
        ] {
            assert!(raw_event(name).is_err(), "{name:?}");
        }
        assert!(raw_schedule("anniversary").is_err());
        assert_eq!(raw_schedule("user.x"), Ok(()));
    }

    #[test]
    fn identifiers_are_converted_to_names() {
        for (ident, name) in [
            ("PurchaseCompleted", "purchase_completed"),
            ("HTTPError", "http_error"),
            ("OAuth2Login", "o_auth2_login"),
            ("Step2", "step2"),
            ("r#Match", "match"),
            ("Already_Snake", "already_snake"),
            ("X", "x"),
            ("UserV2API", "user_v2_api"),
        ] {
            assert_eq!(snake_case(ident), name);
            assert_eq!(event(&snake_case(ident)), Ok(()));
        }
    }
}
