//! `ExternalId` for every kind of newtype.

#![no_implicit_prelude]
#![deny(warnings)]

use ::lunogram::{AnyEvent as _, ExternalId, LunogramEvent, ToExternalId};
use ::std::marker::PhantomData;
use ::std::string::String;
use ::std::{assert_eq, sync::Arc};

#[derive(ExternalId)]
pub struct Tuple(u64);

#[derive(ExternalId)]
pub struct Named {
    r#type: String,
}

#[derive(ExternalId)]
pub struct Borrowed<'a>(&'a str);

#[derive(ExternalId)]
pub struct Unsized<'a, T: ?::std::marker::Sized>(&'a T);

#[derive(ExternalId)]
pub struct Bounded<T>(Arc<T>)
where
    T: ::std::clone::Clone;

#[derive(ExternalId)]
pub struct Marked<T, const N: usize>(u64, PhantomData<[T; N]>);

#[derive(ExternalId)]
#[lunogram(crate = "renamed")]
pub struct Elsewhere(Tuple);

mod renamed {
    pub use ::lunogram::__private;
}

macro_rules! ids {
    ($($name:ident($inner:ty)),*) => {$(
        #[derive(ExternalId)]
        pub struct $name($inner);
    )*};
}

ids!(First(u64), Second(Named));

/// The derive beside a type and a method of its words.
mod shadowed {
    #[allow(non_camel_case_types, dead_code)]
    struct str;
    #[allow(non_camel_case_types, dead_code)]
    struct bool;
    #[allow(dead_code)]
    struct Cow;

    #[derive(::lunogram::ExternalId)]
    pub struct Id(pub u64);

    impl Id {
        #[allow(dead_code)]
        fn to_external_id(&self) -> str {
            str
        }
    }
}

#[derive(LunogramEvent)]
struct SignedUp<T> {
    #[lunogram(external_id)]
    user: ::std::option::Option<Marked<T, 2>>,
}

fn main() {
    let named = Named { r#type: ::std::convert::From::from("user_123") };
    assert_eq!(Second(named).to_external_id(), "user_123");
    assert_eq!(Tuple(1).to_external_id(), "1");
    assert_eq!(First(2).to_external_id(), "2");
    assert_eq!(Elsewhere(Tuple(3)).to_external_id(), "3");
    assert_eq!(Borrowed("a").to_external_id(), "a");
    assert_eq!(Unsized("b").to_external_id(), "b");
    assert_eq!(Bounded(Arc::new("c")).to_external_id(), "c");
    assert_eq!(ToExternalId::to_external_id(&shadowed::Id(4)), "4");
    let event = SignedUp::<f64> {
        user: ::std::option::Option::Some(Marked(5, PhantomData)),
    };
    assert_eq!(event.check(), ::std::result::Result::Ok(()));
}
