//! An application without a client: it checks shared events and writes them to an archive, one JSON
//! object a line.

use events::{CustomerId, Item, PurchaseCompleted};
use lunogram_core::{AnyEvent, Invalid};
use std::io::Write;

/// Appends the events that are valid, and returns what is wrong with the others.
fn append(archive: &mut impl Write, events: &[&dyn AnyEvent]) -> std::io::Result<Vec<Invalid>> {
    let mut refused = Vec::new();
    for event in events {
        match event.to_json() {
            Ok(json) => writeln!(archive, "{json}")?,
            Err(invalid) => refused.push(invalid),
        }
    }
    Ok(refused)
}

fn main() -> std::io::Result<()> {
    let purchase = PurchaseCompleted {
        customer: CustomerId(123),
        amount: 14.5,
        coupon: None,
        items: vec![Item {
            sku: "tea",
            quantity: 2,
        }],
    };
    let imported = events::of_export("Signed Up", CustomerId(123));
    for invalid in append(&mut std::io::stdout(), &[&purchase, &imported])? {
        eprintln!("{invalid}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{Customer, TrialEnd};
    use lunogram_core::{AnySchedule, AnyTraits};
    use std::time::{Duration, SystemTime};

    fn purchase(amount: f64) -> PurchaseCompleted<'static> {
        PurchaseCompleted {
            customer: CustomerId(123),
            amount,
            coupon: Some("SUMMER"),
            items: vec![Item {
                sku: "tea",
                quantity: 2,
            }],
        }
    }

    #[test]
    fn events_are_archived_as_they_are_sent() {
        let imported = events::of_export("Signed Up", CustomerId(123));
        let mut archive = Vec::new();
        let refused = append(&mut archive, &[&purchase(14.5), &imported]).expect("memory");
        assert_eq!(refused, []);
        assert_eq!(
            String::from_utf8(archive).expect("text"),
            concat!(
                r#"{"identifier":[{"external_id":"123"}],"name":"purchase_completed","#,
                r#""data":{"amount":14.5,"coupon":"SUMMER","items":[{"sku":"tea","quantity":2}]}}"#,
                "\n",
                r#"{"identifier":[{"external_id":"123"}],"name":"Signed Up","data":{}}"#,
                "\n",
            )
        );
    }

    #[test]
    fn an_invalid_event_is_reported_and_not_archived() {
        let mut archive = Vec::new();
        let refused = append(&mut archive, &[&purchase(f64::NAN)]).expect("memory");
        assert!(archive.is_empty());
        assert_eq!(refused[0].problems()[0].path(), "data.amount");
        assert_eq!(purchase(f64::NAN).check().as_ref(), Err(&refused[0]));
    }

    #[test]
    fn traits_and_schedules_are_checked_too() {
        let customer = Customer {
            id: CustomerId(123),
            email: Some("jane"),
            plan: "pro",
        };
        let invalid = customer.to_json().expect_err("no email address");
        assert_eq!(invalid.problems()[0].path(), "email");

        let end = TrialEnd {
            customer: CustomerId(123),
            at: SystemTime::UNIX_EPOCH + Duration::from_secs(4_102_444_800),
        };
        assert_eq!(
            end.to_json().as_deref(),
            Ok(concat!(
                r#"{"identifier":[{"external_id":"123"}],"name":"trial_end","#,
                r#""scheduled_at":"2100-01-01T00:00:00Z"}"#
            ))
        );
    }
}
