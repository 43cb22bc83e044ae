//! What libphonenumber's tables add to the form of a phone number.

use lunogram_rules::phone::check;

#[test]
fn numbers_that_are_given_out_are_right() {
    for number in [
        "+31612345678",
        "+31201234567",
        "+4915112345678",
        "+442071838750",
        "+12015550123",
        "+14165550123",
        "+33612345678",
        "+390612345678",
        "+81312345678",
        "+919876543210",
        "+5511987654321",
        "+61412345678",
        "+80012345678",
        // Numbers that ports of these tables have been seen to refuse.
        "+78001234567",
        "+46781234567",
    ] {
        assert_eq!(check(number), Ok(()), "{number}");
    }
}

#[test]
fn numbers_of_no_country_are_not() {
    for (number, why) in [
        ("+3161234567", "too short for a Dutch mobile number"),
        ("+316123456789", "too long for one"),
        ("+310612345678", "with the zero that is dialled at home"),
        ("+12125550", "too short for one of New York"),
        ("+11234567890", "of an area that no code can start like"),
        ("+999123456789", "of no country"),
        ("+4400000000000", "of no area"),
    ] {
        let message = check(number).expect_err(why).to_string();
        assert!(
            message.contains("no phone number of its country"),
            "{message}"
        );
        assert!(!message.contains(number), "{message}");
    }
}

#[test]
fn the_form_is_asked_for_first() {
    for number in [
        "",
        "+",
        "0612345678",
        "+31 6 12345678",
        "+31-612345678",
        "31612345678",
    ] {
        let message = check(number).expect_err(number).to_string();
        assert!(message.contains("E.164"), "{message}");
    }
}
