//! Bounds are inferred for the types of fields that need them, and for no others.

use lunogram::{
    AnyEvent, AnySchedule, AnyTraits, LunogramEvent, OrganizationTraits, Schedule, UserTraits,
};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;

struct Opaque;

trait Shop {
    type Item;
}

impl Shop for Opaque {
    type Item = u8;
}

struct Marks<const N: usize>([u8; N]);

impl<const N: usize> Serialize for Marks<N> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_slice().serialize(serializer)
    }
}

#[derive(LunogramEvent)]
struct Generic<'a, 'b: 'a, I, T, U: ?Sized, S: Shop, const N: usize = 2>
where
    T: Clone,
{
    #[lunogram(external_id)]
    id: I,
    #[lunogram(external_id, source = "a")]
    a: Option<&'a I>,
    #[lunogram(external_id, source = "b")]
    b: &'b Option<I>,
    one: &'a T,
    other: &'b T,
    list: &'a [T],
    cow: Cow<'a, [T]>,
    marks: Marks<N>,
    item: S::Item,
    unsized_: &'a U,
    #[lunogram(skip)]
    marker: PhantomData<Opaque>,
}

#[derive(LunogramEvent)]
enum Either<'a, L, R> {
    Left {
        #[lunogram(external_id)]
        user: &'a str,
        value: L,
    },
    Right {
        #[lunogram(external_id)]
        user: &'a str,
        value: &'a &'a R,
        #[lunogram(flatten)]
        extra: BTreeMap<&'a str, R>,
    },
}

#[derive(UserTraits)]
struct Account<I, M, T> {
    #[lunogram(external_id)]
    id: I,
    #[lunogram(email)]
    email: Option<M>,
    #[lunogram(flatten)]
    traits: T,
}

#[derive(OrganizationTraits)]
struct Company<N>
where
    N: AsRef<str>,
{
    #[lunogram(external_id)]
    id: u64,
    #[lunogram(name)]
    name: N,
}

#[derive(Schedule)]
struct Renewal<A, D> {
    #[lunogram(external_id)]
    user: u64,
    #[lunogram(scheduled_at)]
    at: A,
    data: D,
}

#[derive(Schedule)]
struct Digest<F, E> {
    #[lunogram(external_id)]
    user: u64,
    #[lunogram(start_at)]
    from: Option<F>,
    #[lunogram(interval)]
    every: E,
}

/// A type inside a generic function.
fn check<T: Serialize + Clone>(value: T) {
    let event = Generic::<_, _, str, Opaque> {
        id: 7_u64,
        a: Some(&8),
        b: &Some(9),
        one: &value,
        other: &value,
        list: &[],
        cow: Cow::Borrowed(&[]),
        marks: Marks([1, 2]),
        item: 3,
        unsized_: "text",
        marker: PhantomData,
    };
    event.check().unwrap();
}

fn main() {
    check("x");
    let left: Either<'_, u8, u8> = Either::Left { user: "u", value: 1 };
    left.check().unwrap();
    let extra = BTreeMap::from([("a", 1)]);
    let right: Either<'_, u8, u8> = Either::Right { user: "u", value: &&2, extra };
    right.check().unwrap();
    let traits = BTreeMap::from([("plan", "pro")]);
    Account { id: "u", email: Some("a@b.c"), traits }.check().unwrap();
    Company { id: 1, name: "Mugs" }.check().unwrap();
    let now = std::time::SystemTime::now();
    Renewal { user: 1, at: now, data: "x" }.check().unwrap();
    Digest { user: 1, from: Some(now), every: "24h" }.check().unwrap();
}
