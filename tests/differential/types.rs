//! Random types of fields, and expressions of their values.

use lunogram_tests::random::Random;

/// A type that serde writes.
pub(super) enum Ty {
    /// A type, and expressions of its values.
    Leaf(&'static str, &'static [&'static str]),
    Option(Box<Ty>),
    Vec(Box<Ty>),
    Array(Box<Ty>),
    Boxed(Box<Ty>),
    /// A map with keys of a type, and two of them.
    Map(&'static str, [&'static str; 2], Box<Ty>),
    Tuple(Vec<Ty>),
    /// A type of the generated program.
    Nested(String, Vec<String>),
}

const TEXTS: &[&str] = &[
    "String::new()",
    "String::from(\"a\")",
    "String::from(\"\\\"quoted\\\" \\\\ \\n\\t\\u{1}\\u{1f}\\u{7f}\")",
    "String::from(\"\\u{2028}é😀</script>\")",
    "\"long\\\\\".repeat(70)",
];

pub(super) const LEAVES: &[Ty] = &[
    Ty::Leaf("bool", &["true", "false"]),
    Ty::Leaf("i8", &["0", "-128", "127"]),
    Ty::Leaf("u16", &["7", "65535", "1000"]),
    Ty::Leaf("i32", &["-2147483648", "99", "100", "9999", "10000"]),
    Ty::Leaf("u64", &["0", "9007199254740991", "12345678"]),
    Ty::Leaf("i64", &["-9007199254740991", "-1", "1234567890123"]),
    Ty::Leaf("i128", &["-9007199254740991", "5"]),
    Ty::Leaf("usize", &["3"]),
    Ty::Leaf("std::num::NonZeroU32", &["std::num::NonZeroU32::MIN"]),
    Ty::Leaf(
        "f64",
        &[
            "0.0",
            "-0.0",
            "1.5",
            "14.50",
            "0.1 + 0.2",
            "1e21",
            "-1e300",
            "5e-324",
            "1e-7",
            "123456789.125",
            "99.99",
            "1e16",
            "100.0",
        ],
    ),
    Ty::Leaf("f32", &["0.1", "16777216.0", "-3.4e38", "1e-10", "2.0"]),
    Ty::Leaf(
        "char",
        &["'a'", "'\"'", "'\\\\'", "'\\u{1}'", "'é'", "'😀'"],
    ),
    Ty::Leaf("String", TEXTS),
    Ty::Leaf("&'static str", &["\"\"", "\"text\"", "\"\\r\\u{8}\\u{c}\""]),
    Ty::Leaf(
        "Cow<'static, str>",
        &["Cow::Borrowed(\"c\")", "Cow::Owned(\"o\".repeat(40))"],
    ),
    Ty::Leaf("()", &["()"]),
    Ty::Leaf(
        "Value",
        &[
            "json!(null)",
            "json!({\"b\": [1, 2.5, \"x\"], \"a\": {}})",
            "json!([])",
            "json!(7)",
        ],
    ),
    Ty::Leaf(
        "Number",
        &["number(\"12\")", "number(\"-0.5\")", "number(\"1e30\")"],
    ),
    Ty::Leaf(
        "DateTime<Utc>",
        &[
            "DateTime::UNIX_EPOCH",
            "DateTime::from_timestamp(1, 5).unwrap()",
        ],
    ),
    Ty::Leaf(
        "NaiveDate",
        &["NaiveDate::from_ymd_opt(2026, 3, 7).unwrap()"],
    ),
    Ty::Leaf("Shown", &["Shown(-7)", "Shown(0)"]),
    Ty::Leaf("std::net::Ipv4Addr", &["std::net::Ipv4Addr::LOCALHOST"]),
];

/// Types that `#[lunogram(string)]` accepts.
pub(super) const STRINGED: &[Ty] = &[
    Ty::Leaf("u64", &["18446744073709551615", "0"]),
    Ty::Leaf("i64", &["-9223372036854775808", "5"]),
    Ty::Leaf("u128", &["340282366920938463463374607431768211455"]),
    Ty::Leaf("i16", &["-3"]),
    Ty::Leaf("f64", &["5.0", "1e300", "-0.0", "0.1", "1e16"]),
    Ty::Leaf("f32", &["0.1", "3.4e38"]),
    Ty::Leaf("bool", &["true", "false"]),
    Ty::Leaf("char", &["'\"'", "'x'"]),
    Ty::Leaf("String", TEXTS),
    Ty::Leaf(
        "Number",
        &[
            "number(\"18446744073709551615\")",
            "number(\"-1.25\")",
            "number(\"1e22\")",
        ],
    ),
    Ty::Leaf(
        "Value",
        &["json!(12)", "json!(0.5)", "json!(\"text\")", "json!(true)"],
    ),
];

/// Times, whose form is not serde's.
pub(super) const TIMES: &[Ty] = &[
    Ty::Leaf(
        "SystemTime",
        &[
            "UNIX_EPOCH",
            "UNIX_EPOCH + Duration::new(1_795_884_858, 5000)",
        ],
    ),
    Ty::Leaf("Duration", DURATIONS),
    Ty::Leaf("TimeDelta", DELTAS),
];

/// Durations, which have several forms.
pub(super) const LENGTHS: &[Ty] = &[
    Ty::Leaf("Duration", DURATIONS),
    Ty::Leaf("TimeDelta", DELTAS),
];

const DURATIONS: &[&str] = &[
    "Duration::ZERO",
    "Duration::from_secs(90)",
    "Duration::from_millis(2300)",
    "Duration::new(3600, 1)",
    "Duration::new(8_999_999_999, 123_456_789)",
];

const DELTAS: &[&str] = &[
    "TimeDelta::zero()",
    "TimeDelta::milliseconds(-1500)",
    "TimeDelta::nanoseconds(-1)",
    "TimeDelta::days(3)",
];

pub(super) const BYTES: &[Ty] = &[
    Ty::Leaf(
        "Vec<u8>",
        &[
            "vec![]",
            "vec![0]",
            "vec![255, 254]",
            "b\"foobar\".to_vec()",
        ],
    ),
    Ty::Leaf("&'static [u8]", &["&b\"\\0\\xff\"[..]", "&b\"\"[..]"]),
    Ty::Leaf("[u8; 3]", &["[1, 2, 3]", "[251, 255, 191]"]),
];

pub(super) fn pick<'t, T>(random: &mut Random, from: &'t [T]) -> &'t T {
    let at = random.below(from.len() as u64);
    &from[usize::try_from(at).expect("an index")]
}

impl Ty {
    /// A random type, which may contain the nested types.
    pub(super) fn any(random: &mut Random, nested: &[(String, Vec<String>)], depth: u64) -> Self {
        let inner = |random: &mut Random| Box::new(Self::any(random, nested, depth - 1));
        if depth == 0 || random.below(2) == 0 {
            if !nested.is_empty() && random.below(4) == 0 {
                let (name, values) = pick(random, nested);
                return Self::Nested(name.clone(), values.clone());
            }
            return pick(random, LEAVES).copy();
        }
        match random.below(6) {
            0 => Self::Option(inner(random)),
            1 => Self::Vec(inner(random)),
            2 => Self::Array(inner(random)),
            3 => match *inner(random) {
                // `None` in a box is left out as well, which its twin would have to know.
                option @ Self::Option(_) => option,
                other => Self::Boxed(Box::new(other)),
            },
            4 => {
                let keys = [
                    (
                        "String",
                        ["String::from(\"a b\")", "String::from(\"\\\"\\n\")"],
                    ),
                    ("&'static str", ["\"k\"", "\"é\""]),
                    ("i16", ["-5", "300"]),
                    ("char", ["'x'", "'\"'"]),
                    ("bool", ["true", "false"]),
                ];
                let (key, values) = *pick(random, &keys);
                Self::Map(key, values, inner(random))
            }
            _ => Self::Tuple(vec![*inner(random), *inner(random)]),
        }
    }

    /// The type, or one around it through which it keeps its form.
    pub(super) fn wrapped(self, random: &mut Random) -> Self {
        match random.below(6) {
            0 => Self::Vec(Box::new(self)),
            1 => Self::Boxed(Box::new(self)),
            2 => {
                let keys = ["String::from(\"a\")", "String::from(\"\\\\\")"];
                Self::Map("String", keys, Box::new(self))
            }
            3 => Self::Vec(Box::new(Self::Option(Box::new(self)))),
            _ => self,
        }
    }

    pub(super) fn copy(&self) -> Self {
        match self {
            Self::Leaf(name, values) => Self::Leaf(name, values),
            _ => unreachable!("only leaves are in the tables"),
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Leaf(name, _) => (*name).to_owned(),
            Self::Option(inner) => format!("Option<{}>", inner.text()),
            Self::Vec(inner) => format!("Vec<{}>", inner.text()),
            Self::Array(inner) => format!("[{}; 2]", inner.text()),
            Self::Boxed(inner) => format!("Box<{}>", inner.text()),
            Self::Map(key, _, inner) => format!("BTreeMap<{key}, {}>", inner.text()),
            Self::Tuple(items) => {
                let items: Vec<_> = items.iter().map(Self::text).collect();
                format!("({})", items.join(", "))
            }
            Self::Nested(name, _) => name.clone(),
        }
    }

    /// An expression of a value.
    pub(super) fn value(&self, random: &mut Random) -> String {
        match self {
            Self::Leaf(_, values) => (*pick(random, values)).to_owned(),
            Self::Option(_) if random.below(3) == 0 => "None".to_owned(),
            Self::Option(inner) => format!("Some({})", inner.value(random)),
            Self::Vec(inner) => {
                let count = random.below(3);
                let items: Vec<_> = (0..count).map(|_| inner.value(random)).collect();
                format!("vec![{}]", items.join(", "))
            }
            Self::Array(inner) => format!("[{}, {}]", inner.value(random), inner.value(random)),
            Self::Boxed(inner) => format!("Box::new({})", inner.value(random)),
            Self::Map(_, keys, inner) => {
                let count = usize::try_from(random.below(3)).expect("small");
                let entries = keys.iter().take(count);
                let entries: Vec<_> = entries
                    .map(|key| format!("({key}, {})", inner.value(random)))
                    .collect();
                format!("BTreeMap::from([{}])", entries.join(", "))
            }
            Self::Tuple(items) => {
                let items: Vec<_> = items.iter().map(|item| item.value(random)).collect();
                format!("({})", items.join(", "))
            }
            Self::Nested(_, values) => pick(random, values).clone(),
        }
    }
}
