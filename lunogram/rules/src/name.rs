//! Names of events and schedules.

use crate::Violation;
use crate::text::unfit;

/// How the names of the platform's own events start.
pub const RESERVED_PREFIXES: [&str; 5] = ["user.", "organization.", "list.", "link.", "scheduled."];

/// The schedule that the platform gives to every user and organization.
pub const RESERVED_SCHEDULE: &str = "anniversary";

/// The name of an event: lower `snake_case` words joined by dots, `purchase_completed` or `order.completed`.
///
/// A word starts with a letter; parts behind an underscore may start with a digit (`step_2`).
///
/// # Errors
/// Says what is wrong with it, and how to write it.
pub fn event(name: &str) -> Result<(), Violation> {
    raw_event(name)?;
    spelling("event", name)
}

/// The name of an event that is kept as it is, such as `Product Purchased`.
///
/// # Errors
/// When it is empty, starts like the platform's own events, or has control characters or outer white space.
pub fn raw_event(name: &str) -> Result<(), Violation> {
    fit("event", name)?;
    match RESERVED_PREFIXES
        .iter()
        .find(|prefix| name.starts_with(**prefix))
    {
        None => Ok(()),
        Some(prefix) => Err(Violation::new(format!(
            "event name `{name}` starts with `{prefix}`, which is reserved for the platform's own events; use another first word, such as `{}{}`",
            alternative(prefix),
            name.strip_prefix(prefix).unwrap_or_default(),
        ))),
    }
}

/// The name of a schedule, spelt as that of an [`event`].
///
/// # Errors
/// Says what is wrong with it, and how to write it.
pub fn schedule(name: &str) -> Result<(), Violation> {
    raw_schedule(name)?;
    spelling("schedule", name)
}

/// The name of a schedule that is kept as it is.
///
/// # Errors
/// When it is empty, the platform's own schedule, or has control characters or outer white space.
pub fn raw_schedule(name: &str) -> Result<(), Violation> {
    fit("schedule", name)?;
    if name == RESERVED_SCHEDULE {
        return Err(Violation::fixed(
            "schedule name `anniversary` is the platform's own: every user and organization has it already; use another name, such as `membership_anniversary`",
        ));
    }
    Ok(())
}

fn fit(what: &str, name: &str) -> Result<(), Violation> {
    if name.is_empty() {
        return Err(Violation::new(format!(
            "empty {what} name; write lower snake_case words, such as `{}`",
            example(what)
        )));
    }
    match unfit(name) {
        Some(fault) => Err(Violation::new(format!(
            "{what} name {name:?} has {fault}; write it without"
        ))),
        None => Ok(()),
    }
}

fn spelling(what: &str, name: &str) -> Result<(), Violation> {
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
            example(what).to_owned()
        };
    Err(Violation::new(format!(
        "{what} name `{name}` is not lower snake_case words joined by dots; write `{proposal}`, or keep an old name with `raw_name = \"…\"`"
    )))
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

/// `Purchase Completed` and `purchase-completed` as `purchase_completed`.
fn snake_words(text: &str) -> String {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(snake_case)
        .collect::<Vec<_>>()
        .join("_")
}

/// The default name of a Rust type or variant: `PurchaseCompleted` is `purchase_completed`, `HTTPError` is
/// `http_error`, `r#Match` is `match`.
///
/// A word starts at an upper-case letter that follows a lower-case letter or digit, or that is followed by a lower-case
/// one.
#[must_use]
pub fn snake_case(ident: &str) -> String {
    let ident = ident.strip_prefix("r#").unwrap_or(ident);
    let letters: Vec<char> = ident.chars().collect();
    let mut name = String::with_capacity(ident.len() + 4);
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| letters.get(before));
        let behind = letters.get(index + 1);
        let starts_word = letter.is_uppercase()
            && before.is_some_and(|before| {
                *before != '_'
                    && (!before.is_uppercase()
                        || behind.is_some_and(|behind| behind.is_lowercase()))
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

fn example(what: &str) -> &'static str {
    if what == "schedule" {
        "trial_end"
    } else {
        "purchase_completed"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_in_use_are_right() {
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
    fn the_message_says_what_to_write() {
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
            (" a", "white space"),
            ("a\nb", "control character"),
        ] {
            let message = event(name).expect_err(name).to_string();
            assert!(message.contains(words), "{name:?}: {message}");
        }
    }

    #[test]
    fn a_raw_name_may_be_spelt_as_it_is_but_not_reserved() {
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
    fn idents_become_names() {
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
