//! Random events and traits, each with a twin that serde writes, and calls that compare both.

use super::nested::{Nested, case};
use super::types::{BYTES, LENGTHS, STRINGED, TIMES, Ty, pick};
use lunogram_tests::random::Random;
use std::fmt::Write as _;

/// A field, with the attributes that it has on each side.
struct Field {
    name: String,
    ty: Ty,
    ours: String,
    twin: String,
}

/// `None` is left out.
const LEFT_OUT: &str = "#[serde(skip_serializing_if = \"Option::is_none\")] ";

fn field(random: &mut Random, index: usize, nested: &[Nested], as_serde: bool) -> Field {
    let known: Vec<_> = nested
        .iter()
        .map(|nested| (nested.name.clone(), nested.values.clone()))
        .collect();
    let any = |random: &mut Random| loop {
        let ty = Ty::any(random, &known, 2);
        if !matches!(ty, Ty::Option(_)) {
            break ty;
        }
    };
    let (name, plain) = (format!("field_{index}_of"), String::new);
    let own = |texts: &str| texts.to_owned();
    let (ty, ours, twin) = match random.below(16) {
        0 => (Ty::Option(Box::new(any(random))), plain(), own(LEFT_OUT)),
        1 => (
            Ty::Option(Box::new(any(random))),
            own("#[lunogram(null)] "),
            plain(),
        ),
        2 => {
            let inner = Ty::Option(Box::new(any(random)));
            (Ty::Option(Box::new(inner)), plain(), own(LEFT_OUT))
        }
        3 => {
            let rename = format!("rename = \"Field '{index}' \\\\ \\\"é\\\"\"");
            let whose = *pick(random, &["serde", "lunogram"]);
            (
                any(random),
                format!("#[{whose}({rename})] "),
                format!("#[serde({rename})] "),
            )
        }
        4 => {
            let skips = [
                "#[serde(skip)] ",
                "#[lunogram(skip)] ",
                "#[serde(skip_serializing)] ",
            ];
            (
                any(random),
                own(pick::<&str>(random, &skips)),
                own("#[serde(skip)] "),
            )
        }
        5 => {
            let skip_if = "#[serde(skip_serializing_if = \"is_even\")] ";
            (any(random), own(skip_if), own(skip_if))
        }
        6 => {
            let functions = ["serialize_with = \"as_length\"", "with = \"wrapped\""];
            let attribute = format!("#[serde({})] ", pick(random, &functions));
            (any(random), attribute.clone(), attribute)
        }
        7 => {
            let twin = "#[serde(serialize_with = \"stringed\")] ";
            (
                pick(random, STRINGED).copy(),
                own("#[lunogram(string)] "),
                own(twin),
            )
        }
        8 => {
            let ty = Ty::Option(Box::new(pick(random, STRINGED).copy()));
            let twin = "#[serde(serialize_with = \"stringed\")] ";
            if random.below(2) == 0 {
                (ty, own("#[lunogram(string, null)] "), own(twin))
            } else {
                (ty, own("#[lunogram(string)] "), format!("{LEFT_OUT}{twin}"))
            }
        }
        9 | 10 => in_form(random, as_serde),
        11 => flattened(random, index, nested),
        _ => (any(random), plain(), plain()),
    };
    Field {
        name,
        ty,
        ours,
        twin,
    }
}

/// A time or bytes.
fn in_form(random: &mut Random, as_serde: bool) -> (Ty, String, String) {
    let (types, attribute, mut twin) = match random.below(7) {
        0 | 1 => (TIMES, "", "in_own_form"),
        2 => (LENGTHS, "millis", "in_millis"),
        3 => (LENGTHS, "iso8601", "in_iso8601"),
        4 => (BYTES, "base64", "in_base64"),
        5 => (BYTES, "hex", "in_hex"),
        _ => (*pick(random, &[TIMES, BYTES]), "as_serde", ""),
    };
    if attribute.is_empty() && as_serde {
        twin = "";
    }
    let mut ty = pick(random, types).copy().wrapped(random);
    let mut ours = attribute.to_owned();
    let mut twin = match twin {
        "" => String::new(),
        function => format!("#[serde(serialize_with = \"{function}\")] "),
    };
    match random.below(4) {
        0 => {
            ty = Ty::Option(Box::new(ty));
            twin.push_str(LEFT_OUT);
        }
        1 => {
            ty = Ty::Option(Box::new(ty));
            ours = if ours.is_empty() {
                "null".to_owned()
            } else {
                format!("{ours}, null")
            };
        }
        _ => {}
    }
    let ours = if ours.is_empty() {
        ours
    } else {
        format!("#[lunogram({ours})] ")
    };
    (ty, ours, twin)
}

fn flattened(random: &mut Random, index: usize, nested: &[Nested]) -> (Ty, String, String) {
    let flat: Vec<_> = nested.iter().filter(|nested| nested.is_flat).collect();
    // Two flattened values of one type would have the same keys.
    let ty = match flat.get(index % flat.len().max(1)) {
        Some(nested) if index < flat.len() && random.below(2) == 0 => {
            Ty::Nested(nested.name.clone(), nested.values.clone())
        }
        _ => {
            // The keys of a type differ by the index of the field.
            let keys = [
                ["String::from(\"a0\")", "String::from(\"b\\\"0\")"],
                ["String::from(\"a1\")", "String::from(\"é1\")"],
                ["String::from(\"a2\")", "String::from(\"\\n2\")"],
                ["String::from(\"a3\")", "String::from(\" 3\")"],
                ["String::from(\"a4\")", "String::from(\"4\")"],
                ["String::from(\"a5\")", "String::from(\"_5\")"],
            ];
            let values = pick(random, super::types::LEAVES).copy();
            Ty::Map("String", keys[index % keys.len()], Box::new(values))
        }
    };
    let ours = *pick(random, &["#[serde(flatten)] ", "#[lunogram(flatten)] "]);
    (ty, ours.to_owned(), "#[serde(flatten)] ".to_owned())
}

fn fields(random: &mut Random, nested: &[Nested], as_serde: bool) -> Vec<Field> {
    let count = usize::try_from(random.below(6)).expect("small");
    (0..count)
        .map(|index| field(random, index, nested, as_serde))
        .collect()
}

/// The fields as they are declared.
fn declared(fields: &[Field], attributes: impl Fn(&Field) -> String) -> String {
    let each = fields
        .iter()
        .map(|field| format!("{}{}: {}, ", attributes(field), field.name, field.ty.text()));
    each.collect()
}

fn rename_all(random: &mut Random) -> Option<&'static str> {
    (random.below(3) == 0).then(|| case(random))
}

/// Appends a type and its twin, and returns the code of a comparison.
pub(super) fn payload(
    random: &mut Random,
    index: usize,
    nested: &[Nested],
    code: &mut String,
) -> String {
    let as_serde = random.below(6) == 0;
    let on_type = if as_serde {
        "#[lunogram(as_serde)] "
    } else {
        ""
    };
    let mut calls = String::new();
    let (ours, twin) = (format!("Ours{index}"), format!("Twin{index}"));
    let is_enum = random.below(4) == 0;
    let is_traits = !is_enum && random.below(3) == 0;
    let all = rename_all(random);
    let twin_all = all
        .map(|case| format!("#[serde(rename_all = \"{case}\")] "))
        .unwrap_or_default();
    let external = if is_traits {
        "#[lunogram(external_id)] id: u8, "
    } else {
        ""
    };
    let variants: &[&str] = if is_enum {
        &["One", "TwoMore", "Three"]
    } else {
        &[""]
    };
    let mut of_variants = String::new();
    for variant in variants {
        let fields = fields(random, nested, as_serde);
        let _ = writeln!(
            code,
            "#[derive(Serialize)] {twin_all}struct {twin}{variant} {{ {}}}",
            declared(&fields, |field| field.twin.clone())
        );
        let body = declared(&fields, |field| field.ours.clone());
        if is_enum {
            let _ = write!(of_variants, "{variant} {{ {body}}}, ");
        } else {
            let derive = if is_traits {
                "UserTraits"
            } else {
                "LunogramEvent"
            };
            let whose = *pick(random, &["serde", "lunogram"]);
            let all = all.map(|case| format!("#[{whose}(rename_all = \"{case}\")] "));
            let _ = writeln!(
                code,
                "#[derive({derive})] {on_type}{}struct {ours} {{ {external}{body}}}",
                all.unwrap_or_default()
            );
        }
        let path = if is_enum {
            format!("{ours}::{variant}")
        } else {
            ours.clone()
        };
        for at in 0..if is_enum { 2 } else { 3 } {
            let mut values = String::new();
            for field in &fields {
                let _ = write!(values, "{}: {}, ", field.name, field.ty.value(random));
            }
            let id = if is_traits { "id: 1, " } else { "" };
            let json = if is_traits {
                ".to_json()"
            } else {
                ".to(\"u\").to_json()"
            };
            let _ = writeln!(
                calls,
                "same(\"{path} {at}\", {path} {{ {id}{values}}}{json}, &{twin}{variant} {{ {values}}}, failed);"
            );
        }
    }
    if is_enum {
        let all = all.map(|case| format!("#[serde(rename_all_fields = \"{case}\")] "));
        let _ = writeln!(
            code,
            "#[derive(LunogramEvent)] {on_type}{}enum {ours} {{ {of_variants}}}",
            all.unwrap_or_default()
        );
    }
    calls
}
