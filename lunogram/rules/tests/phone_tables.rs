//! Checks that libphonenumber's tables apply in addition to the E.164 format.

use lunogram_rules::phone::check;

#[test]
fn assigned_numbers_are_valid() {
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
        // Some ports of these tables reject these numbers.
        "+78001234567",
        "+46781234567",
    ] {
        assert_eq!(check(number), Ok(()), "{number}");
    }
}

#[test]
fn unassigned_numbers_are_rejected() {
    for (number, why) in [
        ("+3161234567", "too short for a Dutch mobile number"),
        ("+316123456789", "too long for a Dutch mobile number"),
        (
            "+310612345678",
            "with the leading zero of a national number",
        ),
        ("+12125550", "too short for a number in New York"),
        ("+11234567890", "an area code cannot start with 1"),
        ("+999123456789", "unassigned country code"),
        ("+4400000000000", "unassigned area code"),
    ] {
        let message = check(number).expect_err(why).to_string();
        assert!(
            message.contains("not a valid number for its country"),
            "{message}"
        );
        assert!(!message.contains(number), "{message}");
    }
}

#[test]
fn the_format_is_checked_first() {
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
