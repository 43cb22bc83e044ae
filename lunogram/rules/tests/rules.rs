//! The rules against independent statements of themselves.

use lunogram_rules::{email, external_id, locale, name, phone, source, zone};
use proptest::prelude::*;
use regex::Regex;
use std::sync::LazyLock;

/// As the server has it.
static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*$")
        .expect("a pattern")
});

/// As the contract has it.
static PHONE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\+[1-9][0-9]{1,14}$").expect("a pattern"));

proptest! {
    #[test]
    fn email_is_the_server_s_pattern(
        address in prop_oneof!["[a-zA-Z0-9.!#@é+ -]{0,12}@?[a-zA-Z0-9.-]{0,12}", any::<String>()],
    ) {
        prop_assert_eq!(email::check(&address).is_ok(), EMAIL.is_match(&address));
    }

    #[test]
    fn phone_is_the_contract_s_pattern(number in prop_oneof!["\\+?[0-9]{0,18}", "\\+[1-9][0-9]{0,15}", any::<String>()]) {
        let has_the_form = PHONE.is_match(&number);
        if cfg!(feature = "phone-tables") {
            prop_assert!(has_the_form || phone::check(&number).is_err());
        } else {
            prop_assert_eq!(phone::check(&number).is_ok(), has_the_form);
        }
    }

    #[test]
    fn every_type_s_default_name_is_right(ident in "[A-Z][a-zA-Z0-9]{0,20}") {
        prop_assert_eq!(name::event(&name::snake_case(&ident)), Ok(()));
    }

    #[test]
    fn what_is_proposed_for_a_name_is_right(text in "[a-zA-Z0-9 _.-]{1,20}") {
        if let Err(violation) = name::event(&text)
            && let Some((_, proposal)) = violation.to_string().rsplit_once("write `")
            && let Some((proposal, _)) = proposal.split_once('`')
        {
            let reserved = name::RESERVED_PREFIXES.iter().any(|prefix| proposal.starts_with(prefix));
            prop_assert!(reserved || name::event(proposal) == Ok(()), "{text:?}: {violation}");
        }
    }

    #[test]
    fn values_are_not_repeated(secret in "[a-z]{3}_live_[0-9a-f]{24}") {
        for verdict in [
            email::check(&secret),
            phone::check(&secret),
            zone::check(&secret),
            locale::check(&secret),
            lunogram_rules::interval::check(&secret),
        ] {
            let message = verdict.expect_err("none of it").to_string();
            prop_assert!(!message.contains(&secret), "{message}");
        }
    }
}

#[test]
fn zones_are_spelt_as_the_database_spells_them() {
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
fn sources_and_external_ids_are_not_empty() {
    assert!(external_id::check("").is_err());
    assert_eq!(external_id::check(" "), Ok(()));
    assert_eq!(source::check("stripe"), Ok(()));
    for wrong in ["", " stripe", "stri\npe"] {
        assert!(source::check(wrong).is_err(), "{wrong:?}");
    }
}
