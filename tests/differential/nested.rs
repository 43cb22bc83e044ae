//! Random types that serde writes, with serde's attributes, and expressions of their values.

use super::types::{Ty, pick};
use lunogram_tests::random::Random;
use std::fmt::Write as _;

/// A generated type: its name and its values. `None` of a flattened entry is left out, so a type
/// with optional entries is not flattened.
pub(super) struct Nested {
    pub(super) name: String,
    pub(super) values: Vec<String>,
    pub(super) is_flat: bool,
}

const CASES: &[&str] = &[
    "lowercase",
    "UPPERCASE",
    "PascalCase",
    "camelCase",
    "snake_case",
    "SCREAMING_SNAKE_CASE",
    "kebab-case",
    "SCREAMING-KEBAB-CASE",
];

pub(super) fn case(random: &mut Random) -> &'static str {
    pick::<&str>(random, CASES)
}

struct Fields {
    /// In the type, from the opening bracket to the closing one.
    declared: String,
    /// The same for a few values.
    values: Vec<String>,
    has_option: bool,
}

fn named(random: &mut Random, name: &str, earlier: &[(String, Vec<String>)]) -> Fields {
    let count = 1 + random.below(4);
    let mut declared = "{ ".to_owned();
    let mut values = vec!["{ ".to_owned(); 3];
    let mut has_option = false;
    for index in 0..count {
        let ty = Ty::any(random, earlier, 2);
        let field = format!("{}_field_{index}", name.to_lowercase());
        let attribute = match random.below(9) {
            0 => format!("#[serde(rename = \"{name} \\\"{index}\\\"\")] "),
            1 => "#[serde(skip_serializing)] ".to_owned(),
            2 => "#[serde(skip_serializing_if = \"is_even\")] ".to_owned(),
            3 => "#[serde(serialize_with = \"as_length\")] ".to_owned(),
            4 => "#[serde(with = \"wrapped\")] ".to_owned(),
            _ => String::new(),
        };
        has_option |= matches!(ty, Ty::Option(_));
        let _ = write!(declared, "{attribute}{field}: {}, ", ty.text());
        for value in &mut values {
            let _ = write!(value, "{field}: {}, ", ty.value(random));
        }
    }
    declared.push('}');
    for value in &mut values {
        value.push('}');
    }
    Fields {
        declared,
        values,
        has_option,
    }
}

fn unnamed(random: &mut Random, count: usize, earlier: &[(String, Vec<String>)]) -> Fields {
    let types: Vec<_> = (0..count)
        .map(|_| {
            loop {
                // A newtype of an `Option` is left out like it.
                let ty = Ty::any(random, earlier, 2);
                if !matches!(ty, Ty::Option(_)) {
                    break ty;
                }
            }
        })
        .collect();
    let joined = |texts: Vec<String>| format!("({})", texts.join(", "));
    let values = (0..3).map(|_| joined(types.iter().map(|ty| ty.value(random)).collect()));
    Fields {
        values: values.collect(),
        declared: joined(types.iter().map(Ty::text).collect()),
        has_option: false,
    }
}

pub(super) fn nested(random: &mut Random, index: usize, earlier: &[Nested]) -> (Nested, String) {
    let name = format!("Nested{index}");
    let earlier: Vec<_> = earlier
        .iter()
        .map(|nested| (nested.name.clone(), nested.values.clone()))
        .collect();
    let rename_all = match random.below(3) {
        0 => format!("#[serde(rename_all = \"{}\")] ", case(random)),
        _ => String::new(),
    };
    let mut code = format!("#[derive(Serialize)] {rename_all}");
    let (values, is_flat) = match random.below(5) {
        0 => {
            let count = usize::try_from(1 + random.below(3)).expect("small");
            let fields = unnamed(random, count, &earlier);
            let _ = writeln!(code, "struct {name} {};", fields.declared);
            (prefixed(&name, fields.values), false)
        }
        1 | 2 => {
            let fields = named(random, &name, &earlier);
            let _ = writeln!(code, "struct {name} {}", fields.declared);
            (prefixed(&name, fields.values), !fields.has_option)
        }
        _ => variants(random, &name, &earlier, &mut code),
    };
    let nested = Nested {
        name,
        values,
        is_flat,
    };
    (nested, code)
}

fn prefixed(name: &str, values: Vec<String>) -> Vec<String> {
    values
        .into_iter()
        .map(|value| format!("{name} {value}"))
        .collect()
}

fn variants(
    random: &mut Random,
    name: &str,
    earlier: &[(String, Vec<String>)],
    code: &mut String,
) -> (Vec<String>, bool) {
    let tagging = random.below(4);
    code.push_str(match tagging {
        0 => "",
        1 => "#[serde(tag = \"kind\")] ",
        2 => "#[serde(tag = \"kind\", content = \"of\")] ",
        _ => "#[serde(untagged)] ",
    });
    let _ = write!(code, "enum {name} {{ ");
    let mut values = Vec::new();
    for variant in ["FirstOne", "Second", "THIRD"] {
        let attribute = match random.below(4) {
            0 => "#[serde(rename_all = \"camelCase\")] ",
            1 => "#[serde(rename = \"an other\")] ",
            _ => "",
        };
        // Only these have room for a tag.
        let shape = if tagging == 1 {
            random.below(2)
        } else {
            random.below(4)
        };
        let fields = match shape {
            0 => Fields {
                declared: String::new(),
                values: vec![String::new()],
                has_option: false,
            },
            1 => named(random, &format!("{name}{variant}"), earlier),
            2 => unnamed(random, 1, earlier),
            _ => unnamed(random, 2, earlier),
        };
        // Two variants with one name would be ambiguous to `Deserialize` only.
        let _ = write!(code, "{attribute}{variant} {}, ", fields.declared);
        values.extend(prefixed(&format!("{name}::{variant}"), fields.values));
    }
    code.push_str("}\n");
    (values, false)
}
