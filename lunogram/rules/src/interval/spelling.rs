//! The fields of a literal with units or a clock, as it is written: nothing is added up here.

use super::unit::Unit;

/// The maximum number of fields.
const MAX_FIELDS: usize = 24;

/// A field. Its digits are not checked for their range, and are not empty: only a number may have
/// no digits before its point.
#[derive(Clone, Copy, Debug)]
pub(super) enum Field<'a> {
    /// `1`, `1.5` or `.5`. Without a point, the fraction is empty.
    Number {
        negative: bool,
        whole: &'a str,
        fraction: &'a str,
    },
    /// `years-months`.
    YearMonth {
        negative: bool,
        years: &'a str,
        months: &'a str,
    },
    /// `a:b` or `a:b:c`. Without a point, the fraction is empty.
    Clock {
        negative: bool,
        digits: [&'a str; 2],
        third: Option<&'a str>,
        fraction: &'a str,
    },
    /// The name of a unit.
    Unit(Unit),
    /// `ago`, which is always the last field.
    Ago,
}

/// The fields of a literal, or nothing if it is not spelled as [`super::is_plain`] describes.
pub(super) fn fields(literal: &str) -> Option<Vec<Field<'_>>> {
    let mut reader = Reader { rest: literal };
    let mut fields = Vec::new();
    loop {
        reader.skip(is_separator);
        let Some(first) = reader.peek() else {
            return Some(fields);
        };
        let is_after_ago = matches!(fields.last(), Some(Field::Ago));
        if is_after_ago || fields.len() == MAX_FIELDS {
            return None;
        }
        let field = if first.is_ascii_alphabetic() {
            reader.word()?
        } else {
            reader.number()?
        };
        let follows_word = matches!(fields.last(), None | Some(Field::Unit(_)));
        if follows_word && matches!(field, Field::Unit(_)) {
            return None;
        }
        fields.push(field);
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
}

fn is_separator(c: char) -> bool {
    is_space(c) || matches!(c, ',' | '@')
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// Letters. A digit may follow the units that are listed in `unit`.
    fn word(&mut self) -> Option<Field<'a>> {
        let word = self.take(|c| c.is_ascii_alphabetic());
        let ends = self.peek().is_none_or(|next| {
            is_separator(next) || next.is_ascii_digit() && Unit::ends_at_digit(word)
        });
        if !ends {
            return None;
        }
        if word.eq_ignore_ascii_case("ago") {
            return Some(Field::Ago);
        }
        Unit::named(word).map(Field::Unit)
    }

    /// A number, years and months, or a clock. Spaces may separate a sign from the digits, and a
    /// word may follow directly.
    fn number(&mut self) -> Option<Field<'a>> {
        let negative = self.eat('-');
        let signed = negative || self.eat('+');
        if signed {
            self.skip(is_space);
        }
        let first = self.take(|c| c.is_ascii_digit());
        let field = if first.is_empty() && (signed || self.peek() != Some('.')) {
            return None;
        } else if self.eat(':') {
            let second = self.digits()?;
            let third = if self.eat(':') {
                Some(self.digits()?)
            } else {
                None
            };
            Field::Clock {
                negative,
                digits: [first, second],
                third,
                fraction: self.fraction()?,
            }
        } else if self.eat('-') {
            Field::YearMonth {
                negative,
                years: first,
                months: self.digits()?,
            }
        } else {
            Field::Number {
                negative,
                whole: first,
                fraction: self.fraction()?,
            }
        };
        self.peek()
            .is_none_or(|next| is_separator(next) || next.is_ascii_alphabetic())
            .then_some(field)
    }

    fn fraction(&mut self) -> Option<&'a str> {
        if self.eat('.') {
            self.digits()
        } else {
            Some("")
        }
    }

    /// At least one digit.
    fn digits(&mut self) -> Option<&'a str> {
        Some(self.take(|c| c.is_ascii_digit())).filter(|digits| !digits.is_empty())
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn eat(&mut self, expected: char) -> bool {
        let rest = self.rest.strip_prefix(expected);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn skip(&mut self, belongs: impl Fn(char) -> bool) {
        self.rest = self.rest.trim_start_matches(belongs);
    }

    fn take(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }
}
