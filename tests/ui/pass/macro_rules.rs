//! A type that a macro generates.

use lunogram::{AnyEvent, LunogramEvent, UserTraits};

macro_rules! event {
    ($type:ident, $name:literal, $id:ident: $id_type:ty, $($field:ident: $field_type:ty = $rename:literal),*) => {
        #[derive(LunogramEvent)]
        #[lunogram(name = $name)]
        struct $type<'a> {
            #[lunogram(external_id, source = "stripe")]
            $id: $id_type,
            own: &'a str,
            $(#[lunogram(rename = $rename)] $field: $field_type,)*
            #[lunogram(flatten)]
            extra: $crate::Extra<'a>,
        }
    };
}

#[derive(UserTraits, serde::Serialize)]
pub struct Extra<'a> {
    #[lunogram(external_id)]
    account: &'a str,
}

event!(PurchaseCompleted, "purchase.completed", user: Option<&'a &'a str>, amount: f64 = "sum", tags: &'a [u16] = "labels");

fn main() {
    assert_eq!(PurchaseCompleted::NAMES, ["purchase.completed"]);
    let event = PurchaseCompleted {
        user: Some(&"u"),
        own: "x",
        amount: 1.0,
        tags: &[1],
        extra: Extra { account: "a" },
    };
    event.check().unwrap();
}
