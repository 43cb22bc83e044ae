//! Compares the rules with independent definitions.

use lunogram_rules::{email, external_id, locale, name, phone, source, zone};
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
fn empty_sources_and_external_ids_are_rejected() {
    assert!(external_id::check("").is_err());
    assert_eq!(external_id::check(" "), Ok(()));
    assert_eq!(source::check("stripe"), Ok(()));
    for wrong in ["", " stripe", "stri\npe"] {
        assert!(source::check(wrong).is_err(), "{wrong:?}");
    }
}
