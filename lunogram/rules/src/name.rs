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
    let advice = match proposal(kind, name) {
        Some(proposal) => format!("write `{proposal}`"),
        None => format!(
            "write words of the letters a to z, such as `{}`",
            example(kind)
        ),
    };
    Err(Violation::new(
        ProblemKind::NotSnakeCase,
        format!(
            "{kind} name `{name}` is not lower snake_case words joined by dots; {advice}, or keep an old name with `raw_name`"
        ),
    ))
}

/// The name that is probably meant. `None` if it has letters that cannot be written in ASCII.
fn proposal(kind: &str, name: &str) -> Option<String> {
    let words: Vec<String> = name
        .split('.')
        .map(|word| snake_words(&latin(word)))
        .filter(|word| !word.is_empty())
        .map(|word| letter_first(kind, word))
        .collect();
    let proposal = words.join(".");
    (proposal != name && snake_case_words_only(&words) && raw_event(&proposal).is_ok())
        .then_some(proposal)
}

fn snake_case_words_only(words: &[String]) -> bool {
    !words.is_empty() && words.iter().all(|word| is_snake_case(word))
}

/// The word with its leading numbers after its first part with a letter: `enabled_2fa` for
/// `2fa_enabled`.
fn letter_first(kind: &str, word: String) -> String {
    let starts_with_digit = |part: &&str| part.starts_with(|c: char| c.is_ascii_digit());
    if !starts_with_digit(&word.as_str()) {
        return word;
    }
    let parts: Vec<&str> = word.split('_').collect();
    let (numbers, rest): (Vec<_>, Vec<_>) = {
        let numbers = parts.iter().take_while(|part| starts_with_digit(part));
        let (numbers, rest) = parts.split_at(numbers.count());
        (numbers.to_vec(), rest.to_vec())
    };
    match rest.split_first() {
        Some((first, others)) => {
            let mut moved = vec![*first];
            moved.extend(numbers);
            moved.extend(others);
            moved.join("_")
        }
        None => format!("{kind}_{word}"),
    }
}

/// The text with the letters of European languages in ASCII.
fn latin(text: &str) -> String {
    const LETTERS: [(&str, &str); 25] = [
        ("àáâãāăą", "a"),
        ("äæ", "ae"),
        ("å", "aa"),
        ("çćĉċč", "c"),
        ("ďđð", "d"),
        ("èéêëēĕėęě", "e"),
        ("ĝğġģ", "g"),
        ("ĥħ", "h"),
        ("ìíîïĩīĭįı", "i"),
        ("ĵ", "j"),
        ("ķ", "k"),
        ("ĺļľŀł", "l"),
        ("ñńņňŋ", "n"),
        ("òóôõōŏő", "o"),
        ("öøœ", "oe"),
        ("ŕŗř", "r"),
        ("śŝşš", "s"),
        ("ß", "ss"),
        ("ţťŧ", "t"),
        ("þ", "th"),
        ("ùúûũūŭůűų", "u"),
        ("ü", "ue"),
        ("ýÿŷ", "y"),
        ("ŵ", "w"),
        ("źżž", "z"),
    ];
    let mut latin = String::with_capacity(text.len());
    for letter in text.chars() {
        let lower = letter.to_lowercase().next().unwrap_or(letter);
        match LETTERS.iter().find(|(letters, _)| letters.contains(lower)) {
            // A capital letter starts a word.
            Some((_, ascii)) if letter != lower => {
                let mut ascii = ascii.chars();
                latin.extend(ascii.next().map(|first| first.to_ascii_uppercase()));
                latin.extend(ascii);
            }
            Some((_, ascii)) => latin.push_str(ascii),
            None => latin.push(letter),
        }
    }
    latin
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
            ("2fast", "write `event_2fast`"),
            ("2fa_enabled", "write `enabled_2fa`"),
            ("3_2_steps_done", "write `steps_3_2_done`"),
            ("order.2fa_enabled", "write `order.enabled_2fa`"),
            ("Überweisung", "write `ueberweisung`"),
            ("commande_payée", "write `commande_payee`"),
            ("注文", "write words of the letters a to z"),
            ("user2.Über", "write `user2.ueber`"),
            ("...", "write words of the letters a to z"),
            ("a__b", "write `a_b`"),
            ("naïve", "write `naive`"),
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
