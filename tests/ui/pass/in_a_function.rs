//! A type inside a function, next to another type of the same name.

use lunogram::{AnyEvent, AnySchedule, LunogramEvent, Schedule};

#[derive(LunogramEvent)]
struct SignedUp {
    #[lunogram(external_id)]
    user: String,
}

fn main() {
    #[derive(LunogramEvent)]
    #[lunogram(name = "signed.up")]
    struct SignedUp<'a> {
        #[lunogram(external_id)]
        user: &'a str,
        #[lunogram(flatten)]
        plan: Plan,
    }

    #[derive(LunogramEvent, serde::Serialize)]
    struct Plan {
        plan: u8,
    }

    assert_eq!(SignedUp::NAMES, ["signed.up"]);
    assert_eq!(self::SignedUp::NAMES, ["signed_up"]);
    SignedUp { user: "u", plan: Plan { plan: 1 } }.check().unwrap();
    let _ = self::SignedUp { user: String::new() }.user;

    let scheduled = || {
        #[derive(Schedule)]
        #[lunogram(interval = "1 month")]
        struct Renewal {
            #[lunogram(external_id)]
            user: u64,
        }
        Renewal { user: 1 }.check()
    };
    scheduled().unwrap();
}
