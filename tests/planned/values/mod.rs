//! Strategies for arbitrary values of the types.

pub(crate) mod forms;

use chrono::{DateTime, NaiveDateTime, Utc};
use lunogram_tests_planned::{
    Adjacent, Amount, ByType, Cart, Choice, Color, Company, Customer, Digest, External, Flattened,
    Internal, Item, Nested, Newtype, Optional, Page, Patch, Patched, Place, Size, Standard,
    Stranger, Tree, Tuple, Unit, Untagged,
};
use proptest::collection::{btree_map, btree_set, hash_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use std::borrow::Cow;
use std::num::NonZero;
use std::time::Duration;
use uuid::Uuid;

/// The largest integer that the server represents exactly.
const SAFE: u64 = (1 << 53) - 1;

fn text() -> impl Strategy<Value = String> {
    "[^\\x00\\n]{0,8}"
}

fn id() -> impl Strategy<Value = String> {
    "[a-z]{1,8}"
}

fn real() -> impl Strategy<Value = f64> {
    -1e9..1e9
}

fn choice() -> impl Strategy<Value = Choice> {
    let leaf = prop_oneof![
        any::<Option<u8>>().prop_map(Choice::Number),
        Just(Choice::Nothing)
    ];
    leaf.prop_recursive(2, 6, 3, |inner| vec(inner, 0..3).prop_map(Choice::Both))
}

pub(crate) fn patched() -> impl Strategy<Value = Patched> {
    let wish = any::<Option<Option<u8>>>;
    let first = (wish(), option::of(option::of(text())), wish(), wish());
    let second = (
        any::<Option<Option<u64>>>(),
        wish(),
        option::of(option::of(color())),
        any::<[Option<u8>; 2]>(),
    );
    let third = (
        option::of(option::of(text()).prop_map(Optional)),
        [choice(), choice(), choice()],
        any::<bool>(),
        [wish(), wish()],
    );
    (first, second, third).prop_map(
        |(
            (alone, skipped, doubled, only_doubled),
            (text, null, null_skipped, [null_unless_odd, ours]),
            (optional, [untagged, other, third], is_there, [in_nested, skipped_in_nested]),
        )| Patched {
            user: 1,
            alone,
            skipped,
            doubled,
            only_doubled,
            text,
            null,
            null_skipped,
            null_unless_odd,
            ours,
            optional,
            untagged,
            maybe_untagged: is_there.then(|| other.clone()),
            null_untagged: other,
            nested: Patch {
                alone: in_nested,
                skipped: skipped_in_nested,
                untagged: third,
            },
        },
    )
}

pub(crate) fn standard() -> impl Strategy<Value = Standard> {
    let first = (
        id(),
        any::<bool>(),
        any::<i8>(),
        any::<u32>(),
        -1e9f32..1e9,
        real(),
        proptest::char::range('\u{1}', char::MAX),
        text(),
    );
    let second = (
        proptest::option::of(text()),
        any::<Option<u16>>(),
        any::<u64>(),
        any::<Option<i64>>(),
    );
    let third = (
        vec(text(), 0..3),
        vec(real(), 0..3),
        vec(any::<Option<bool>>(), 0..3),
        text(),
        any::<bool>(),
    );
    (first, second, third).prop_map(|(first, second, third)| {
        let (user, yes, small, large, real, double, letter, text) = first;
        let (maybe, null, exact, maybe_exact) = second;
        let (list, numbers, holes, unless_empty, renamed) = third;
        Standard {
            user,
            yes,
            small,
            large,
            real,
            double,
            letter,
            text,
            fixed: "fixed",
            maybe,
            null,
            exact,
            maybe_exact,
            list,
            numbers,
            holes,
            unless_empty,
            renamed,
        }
    })
}

fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    // The format has years of four digits only.
    (0..4_102_444_800_i64, 0..1_000_000_000_u32).prop_filter_map("a moment", |(seconds, nanos)| {
        DateTime::from_timestamp(seconds, nanos)
    })
}

pub(crate) fn by_type() -> impl Strategy<Value = ByType<'static>> {
    let first = (
        any::<u128>(),
        real(),
        proptest::option::of(real()),
        vec(real(), 0..3),
        text(),
        any::<Option<u8>>(),
    );
    let second = (
        moment(),
        any::<std::net::IpAddr>(),
        any::<std::net::Ipv4Addr>(),
        any::<std::net::Ipv6Addr>(),
        1..u32::MAX,
    );
    let third = (
        btree_set(any::<i32>(), 0..3),
        vec(text(), 0..3),
        any::<[u16; 3]>(),
        hash_map(text(), vec(any::<u16>(), 0..3), 0..3),
        (text(), any::<u8>()),
        (0..SAFE, any::<u8>(), any::<i64>()),
    );
    (first, second, third).prop_map(|(first, second, third)| {
        let (org, alias, maybe_alias, list_of_alias, path, boxed) = first;
        let (moment, either, v4, v6, counted) = second;
        let (set, queue, array, map, pair, (seconds, byte, cents)) = third;
        let local: NaiveDateTime = moment.naive_utc();
        ByType {
            org: Uuid::from_u128(org),
            alias,
            maybe_alias,
            list_of_alias,
            cow: Cow::Owned(path.clone()),
            boxed_text: path.clone().into_boxed_str(),
            path,
            boxed: Box::new(boxed),
            moment,
            day: local.date(),
            local,
            id: Uuid::from_u128(!org),
            v4,
            v6,
            either,
            counted: NonZero::new(counted).unwrap_or(NonZero::<u32>::MIN),
            set,
            queue: queue.into(),
            array,
            map,
            pair,
            nothing: (),
            took: Duration::from_secs(seconds),
            json: serde_json::json!({"byte": byte}),
            email: format!("{byte}@example.com").parse().expect("an address"),
            every: format!("{} days", u16::from(byte) + 1)
                .parse()
                .expect("an interval"),
            zone: chrono_tz::TZ_VARIANTS.get(usize::from(byte) * 4).copied(),
            link: format!("https://example.com/{byte}")
                .parse()
                .expect("a URL"),
            amount: Amount(cents),
            stranger: Stranger { inside: byte },
            by_function: byte,
        }
    })
}

fn color() -> impl Strategy<Value = Color> {
    select(vec![Color::DeepRed, Color::Green])
}

fn maybe_color() -> impl Strategy<Value = Option<Color>> {
    proptest::option::of(color())
}

fn size() -> impl Strategy<Value = Size> {
    (real(), proptest::option::of(real())).prop_map(|(width, height)| Size { width, height })
}

fn item() -> impl Strategy<Value = Item> {
    let values = (
        text(),
        proptest::option::of(text()),
        any::<Option<bool>>(),
        any::<Option<u8>>(),
        size(),
    );
    values.prop_map(|(article_number, note, gift, even, size)| Item {
        article_number,
        note,
        gift,
        even,
        secret: "never sent".to_owned(),
        size,
    })
}

fn page<T: Clone + std::fmt::Debug>(
    items: impl Strategy<Value = T> + Clone,
) -> impl Strategy<Value = Page<T>> {
    let values = (
        vec(items.clone(), 0..3),
        proptest::option::of(items),
        any::<Option<u32>>(),
    );
    values.prop_map(|(items, next, total)| Page { items, next, total })
}

fn external() -> impl Strategy<Value = External> {
    prop_oneof![
        Just(External::Nothing),
        any::<u8>().prop_map(External::One),
        (any::<u8>(), color()).prop_map(|(number, color)| External::Two(number, color)),
        maybe_color().prop_map(|color| External::Named { color }),
    ]
}

fn internal() -> impl Strategy<Value = Internal> {
    prop_oneof![
        Just(Internal::NothingAtAll),
        any::<u8>().prop_map(|article_number| Internal::Named { article_number }),
        btree_map("[a-j]{1,3}", text(), 0..3).prop_map(Internal::Other),
    ]
}

fn adjacent() -> impl Strategy<Value = Adjacent> {
    prop_oneof![
        Just(Adjacent::Nothing),
        item().prop_map(Adjacent::One),
        any::<bool>().prop_map(|yes| Adjacent::Named { yes }),
    ]
}

fn untagged() -> impl Strategy<Value = Untagged> {
    prop_oneof![
        any::<u8>().prop_map(Untagged::Number),
        text().prop_map(Untagged::Text),
        color().prop_map(|color| Untagged::Object { color }),
    ]
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = text().prop_map(|name| Tree {
        name,
        children: Vec::new(),
    });
    leaf.prop_recursive(3, 8, 3, |branch| {
        (text(), vec(branch, 0..3)).prop_map(|(name, children)| Tree { name, children })
    })
}

pub(crate) fn nested() -> impl Strategy<Value = Nested<Vec<u8>>> {
    let first = (
        0..SAFE,
        color(),
        maybe_color(),
        maybe_color(),
        item(),
        vec(item(), 0..3),
    );
    let items = item().boxed();
    let second = (
        page(items),
        vec(page(any::<Option<u8>>()), 0..3),
        real(),
        proptest::option::of(text()),
        (text(), maybe_color()),
    );
    let third = (
        external(),
        internal(),
        vec(adjacent(), 0..3),
        untagged(),
        tree(),
        any::<[u8; 2]>(),
    );
    (first, second, third).prop_map(|(first, second, third)| {
        let (user, color, maybe_color, null_color, item, items) = first;
        let (page, pages, newtype, optional, (tuple, second)) = second;
        let (external, internal, adjacent, untagged, tree, open) = third;
        Nested {
            user,
            color,
            maybe_color,
            null_color,
            item,
            items,
            page,
            pages,
            newtype: Newtype(newtype),
            optional_newtype: Optional(optional),
            tuple: Tuple(tuple, second),
            unit: Unit,
            external,
            internal,
            adjacent,
            untagged,
            tree,
            open: open.to_vec(),
        }
    })
}

fn place() -> impl Strategy<Value = Place> {
    (text(), proptest::option::of(text())).prop_map(|(city, street)| Place { city, street })
}

pub(crate) fn flattened() -> impl Strategy<Value = Flattened> {
    let others = btree_map("[0-9]{1,3}", any::<i32>(), 0..3);
    let values = (
        id(),
        any::<bool>(),
        size(),
        proptest::option::of(place()),
        others,
    );
    values.prop_map(|(user, own, size, perhaps, others)| Flattened {
        user,
        own,
        size,
        perhaps,
        others,
    })
}

pub(crate) fn cart_updated() -> impl Strategy<Value = Cart> {
    (id(), vec(item(), 0..3)).prop_map(|(user, items)| Cart::CartUpdated { user, items })
}

pub(crate) fn cart_emptied() -> impl Strategy<Value = Cart> {
    id().prop_map(|user| Cart::Emptied { user })
}

pub(crate) fn customer() -> impl Strategy<Value = Customer> {
    let values = (id(), color(), proptest::option::of(text()), real());
    values.prop_map(|(id, plan, referrer, lifetime_value)| Customer {
        email: Some(format!("{id}@example.com")),
        id,
        plan,
        referrer,
        lifetime_value,
    })
}

pub(crate) fn company() -> impl Strategy<Value = Company> {
    let values = (id(), text(), any::<u32>(), proptest::option::of(place()));
    values.prop_map(|(id, name, seats, address)| Company {
        id,
        name,
        seats,
        address,
    })
}

pub(crate) fn digest() -> impl Strategy<Value = Digest> {
    let values = (id(), vec(text(), 0..3), maybe_color());
    values.prop_map(|(user, topics, color)| Digest {
        user,
        topics,
        color,
    })
}
