//! Serde's eight naming conventions, with the same results as in serde.

use crate::errors::Errors;
use lunogram_rules::suggest;
use syn::LitStr;

/// A naming convention of `rename_all`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

/// Every convention by its name in `rename_all`.
const CASES: [(&str, Case); 8] = [
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

impl Case {
    fn from_name(name: &str) -> Option<Self> {
        CASES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, case)| *case)
    }

    /// The convention that a literal names. Reports a name that serde does not have.
    pub(crate) fn parse(literal: &LitStr, errors: &Errors) -> Option<Self> {
        let name = literal.value();
        let case = Self::from_name(&name);
        if case.is_none() {
            let names = CASES.map(|(name, _)| name);
            let advice = match suggest::nearest(&name, names) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("write one of `{}`", names.join("`, `")),
            };
            errors.at(literal.span(), format!("unknown case `{name}`; {advice}"));
        }
        case
    }

    /// Converts the name of a field, which is in `snake_case` by convention.
    pub(crate) fn apply(self, field: &str) -> String {
        match self {
            Self::Lower | Self::Snake => field.to_owned(),
            Self::Upper | Self::ScreamingSnake => field.to_ascii_uppercase(),
            Self::Pascal => pascal(field),
            Self::Camel => camel(field),
            Self::Kebab => field.replace('_', "-"),
            Self::ScreamingKebab => field.to_ascii_uppercase().replace('_', "-"),
        }
    }

    /// Converts the name of a variant, which is in `PascalCase` by convention.
    pub(crate) fn apply_to_variant(self, variant: &str) -> String {
        match self {
            Self::Pascal => variant.to_owned(),
            Self::Lower => variant.to_ascii_lowercase(),
            Self::Upper => variant.to_ascii_uppercase(),
            Self::Camel => {
                let mut letters = variant.chars();
                let first = letters.next().map(|first| first.to_ascii_lowercase());
                first.into_iter().chain(letters).collect()
            }
            Self::Snake | Self::ScreamingSnake | Self::Kebab | Self::ScreamingKebab => {
                let mut snake = String::with_capacity(variant.len() + 4);
                for (at, letter) in variant.char_indices() {
                    if at > 0 && letter.is_uppercase() {
                        snake.push('_');
                    }
                    snake.push(letter.to_ascii_lowercase());
                }
                self.apply(&snake)
            }
        }
    }
}

fn pascal(field: &str) -> String {
    let mut name = String::with_capacity(field.len());
    let mut capital = true;
    for letter in field.chars() {
        if letter == '_' {
            capital = true;
        } else if std::mem::take(&mut capital) {
            name.push(letter.to_ascii_uppercase());
        } else {
            name.push(letter);
        }
    }
    name
}

fn camel(field: &str) -> String {
    let mut letters = pascal(field).chars().collect::<Vec<_>>();
    if let Some(first) = letters.first_mut() {
        first.make_ascii_lowercase();
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_names_are_converted_as_in_serde() {
        let converted = |field| CASES.map(|(_, case)| case.apply(field));
        assert_eq!(
            converted("very_tasty2"),
            [
                "very_tasty2",
                "VERY_TASTY2",
                "VeryTasty2",
                "veryTasty2",
                "very_tasty2",
                "VERY_TASTY2",
                "very-tasty2",
                "VERY-TASTY2",
            ]
        );
        assert_eq!(converted("_id")[2..4], ["Id", "id"]);
        assert_eq!(converted("URL_x")[2..4], ["URLX", "uRLX"]);
        assert_eq!(converted("élan_vital")[2..4], ["élanVital", "élanVital"]);
    }

    #[test]
    fn variant_names_are_converted_as_in_serde() {
        let converted = |variant| CASES.map(|(_, case)| case.apply_to_variant(variant));
        assert_eq!(
            converted("VeryTasty2"),
            [
                "verytasty2",
                "VERYTASTY2",
                "VeryTasty2",
                "veryTasty2",
                "very_tasty2",
                "VERY_TASTY2",
                "very-tasty2",
                "VERY-TASTY2",
            ]
        );
        assert_eq!(converted("EUR")[3..5], ["eUR", "e_u_r"]);
    }

    #[test]
    fn conventions_are_found_by_name() {
        for (name, case) in CASES {
            assert_eq!(Case::from_name(name), Some(case));
        }
        assert_eq!(Case::from_name("Snake_Case"), None);
    }
}
