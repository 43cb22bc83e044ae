//! Writers of properties by the name of their type. With a tracking plan, derived code calls these,
//! so that a type that only shares its name with a standard one does not compile.

use super::{Is, kind};
use crate::encode::Writer;
use serde::Serialize;

macro_rules! properties {
    ($($method:ident: $kind:ty;)+) => {
        #[expect(missing_docs, reason = "each is `property`, for the type in its name")]
        impl Writer<'_> {
            $(
                #[inline]
                pub fn $method<T: Is<$kind> + Serialize + ?Sized>(&mut self, key: &'static str, value: &T) {
                    self.property(key, value);
                }
            )+
        }
    };
}

properties! {
    property_boolean: kind::Boolean;
    property_integer: kind::Integer;
    property_number: kind::Number;
    property_text: kind::Text;
    property_uuid: kind::Uuid;
    property_moment: kind::Moment;
    property_date: kind::Date;
    property_maybe_boolean: kind::Maybe<kind::Boolean>;
    property_maybe_integer: kind::Maybe<kind::Integer>;
    property_maybe_number: kind::Maybe<kind::Number>;
    property_maybe_text: kind::Maybe<kind::Text>;
    property_maybe_uuid: kind::Maybe<kind::Uuid>;
    property_maybe_moment: kind::Maybe<kind::Moment>;
    property_maybe_date: kind::Maybe<kind::Date>;
    property_booleans: kind::List<kind::Boolean>;
    property_integers: kind::List<kind::Integer>;
    property_numbers: kind::List<kind::Number>;
    property_texts: kind::List<kind::Text>;
    property_uuids: kind::List<kind::Uuid>;
    property_moments: kind::List<kind::Moment>;
    property_dates: kind::List<kind::Date>;
}
