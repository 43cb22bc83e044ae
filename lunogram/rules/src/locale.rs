//! Locales: BCP 47 tags of subtags that are registered.
//!
//! A tag has to be more than well-formed: `xx-YY` is well-formed, but there is no language `xx`.
//! Language, script and region have to be in IANA's registry of subtags, and an extended language
//! has to belong to its language, so that `en-USA` is not English of the language `usa`. Case is
//! ignored, as in BCP 47. Deprecated subtags (`iw`, `in-ID`, `sr-CS`) and private ones (`x-…`,
//! `qaa`) are valid, since devices send them; see [`check_literal`] for source code. Variants and
//! extensions are only checked for their form.
//!
//! The tables in `locale/` are the registry of 2026-09-17.

use crate::{ProblemKind, Violation, column};
use oxilangtag::LanguageTag;

const LANGUAGES: Table = Table {
    codes: include_bytes!("locale/languages.txt"),
    width: 3,
};
/// Extended languages, each with the language that it belongs to.
const EXTENDED_LANGUAGES: Table = Table {
    codes: include_bytes!("locale/extlangs.txt"),
    width: 7,
};
const SCRIPTS: Table = Table {
    codes: include_bytes!("locale/scripts.txt"),
    width: 4,
};
const REGIONS: Table = Table {
    codes: include_bytes!("locale/regions.txt"),
    width: 2,
};

/// Codes of country groups in UN M.49 that BCP 47 accepts as a region.
const AREAS: [&str; 31] = [
    "001", "002", "003", "005", "009", "011", "013", "014", "015", "017", "018", "019", "021",
    "029", "030", "034", "035", "039", "053", "054", "057", "061", "142", "143", "145", "150",
    "151", "154", "155", "202", "419",
];

/// Deprecated languages and whole tags in lower case, each with the spelling to use instead.
const PREFERRED: &str = include_str!("locale/preferred.txt");

/// Deprecated regions, each with the region to use instead. Regions that became several,
/// such as `CS`, are not listed.
const PREFERRED_REGIONS: [(&str, &str); 6] = [
    ("bu", "MM"),
    ("dd", "DE"),
    ("fx", "FR"),
    ("tp", "TL"),
    ("yd", "YE"),
    ("zr", "CD"),
];

/// Checks a locale, such as `nl`, `nl-NL`, `zh-Hant-TW` or `es-419`.
///
/// # Errors
/// If it is not well-formed, one of its parts is unknown, or it has more than 255 characters. The
/// message names the part.
pub fn check(tag: &str) -> Result<(), Violation> {
    column::LOCALE.check(tag)?;
    let Ok(parsed) = LanguageTag::parse(tag) else {
        return Err(malformed(tag));
    };
    let language = parsed.primary_language();
    // Only a private tag and one that is registered as a whole, such as `i-klingon`, are a single
    // language with a hyphen.
    if language.contains('-') {
        return Ok(());
    }
    if !is_language(language) {
        return Err(Violation::fixed(
            ProblemKind::Locale,
            "unknown language in the locale; write a BCP 47 tag that starts with an ISO 639 code, such as `nl` or `nl-NL`",
        ));
    }
    if let Some(extended) = parsed.extended_language()
        && !EXTENDED_LANGUAGES.contains(&format!("{extended} {language}"))
    {
        return Err(Violation::fixed(
            ProblemKind::Locale,
            "unknown part after the language in the locale; a region has two letters or three digits, such as in `nl-NL` or `es-419`",
        ));
    }
    if parsed.script().is_some_and(|script| !is_script(script)) {
        return Err(Violation::fixed(
            ProblemKind::Locale,
            "unknown script in the locale; write an ISO 15924 code, such as in `zh-Hant-TW`, or leave it out",
        ));
    }
    if parsed.region().is_some_and(|region| !is_region(region)) {
        return Err(Violation::fixed(
            ProblemKind::Locale,
            "unknown region in the locale; write an ISO 3166 code, such as in `nl-NL`, or leave it out",
        ));
    }
    Ok(())
}

/// Checks a locale in source code, where it can be corrected: a deprecated spelling with a modern
/// one, such as `iw` for `he`, is refused, too.
///
/// # Errors
/// As [`check`] does, and for a deprecated spelling. The message has the modern one.
pub fn check_literal(tag: &str) -> Result<(), Violation> {
    check(tag)?;
    match modern(tag) {
        None => Ok(()),
        Some(modern) => Err(Violation::new(
            ProblemKind::Locale,
            format!("locale `{tag}` is a deprecated spelling; write `{modern}`"),
        )),
    }
}

/// The modern spelling of a valid tag, if it differs.
fn modern(tag: &str) -> Option<String> {
    if let Some(whole) = preferred(tag) {
        return Some(whole.to_owned());
    }
    let parsed = LanguageTag::parse(tag).ok()?;
    let (language, extended) = (parsed.primary_language(), parsed.extended_language());
    // The extended language is a language itself: `yue` is `zh-yue`.
    let language = match extended {
        Some(extended) => Some(extended),
        None => preferred(language),
    };
    let region = parsed.region().and_then(|region| {
        let known = |(old, _): &&(&str, &str)| old.eq_ignore_ascii_case(region);
        Some(PREFERRED_REGIONS.iter().find(known)?.1)
    });
    if language.is_none() && region.is_none() {
        return None;
    }
    let rest = tag.get(parsed.full_language().len()..)?;
    let before_region = parsed.script().map_or(0, |script| script.len() + 1);
    let (script, rest) = rest.split_at_checked(before_region)?;
    let rest = match region {
        None => rest.to_owned(),
        Some(region) => format!("-{region}{}", rest.get(region.len() + 1..)?),
    };
    let language = language.unwrap_or(parsed.primary_language());
    Some(format!("{language}{script}{rest}"))
}

/// The spelling to use instead of this language or whole tag.
fn preferred(code: &str) -> Option<&'static str> {
    PREFERRED
        .lines()
        .filter_map(|line| line.split_once(' '))
        .find(|(old, _)| old.eq_ignore_ascii_case(code))
        .map(|(_, preferred)| preferred)
}

fn is_language(language: &str) -> bool {
    is_private(language, 3, "qaa", "qtz") || LANGUAGES.contains(language)
}

fn is_script(script: &str) -> bool {
    is_private(script, 4, "qaaa", "qabx") || SCRIPTS.contains(script)
}

fn is_region(region: &str) -> bool {
    is_private(region, 2, "qm", "qz")
        || is_private(region, 2, "xa", "xz")
        || REGIONS.contains(region)
        || AREAS.contains(&region)
}

/// Whether a subtag of letters is in a range that is registered for private use.
fn is_private(subtag: &str, length: usize, first: &str, last: &str) -> bool {
    let subtag = subtag.to_ascii_lowercase();
    subtag.len() == length && (first..=last).contains(&subtag.as_str())
}

#[cold]
fn malformed(tag: &str) -> Violation {
    let hyphens = tag.replace('_', "-");
    if hyphens != tag && check(&hyphens).is_ok() {
        return Violation::new(
            ProblemKind::Locale,
            format!("not a BCP 47 tag: its parts are joined by hyphens; write `{hyphens}`"),
        );
    }
    Violation::fixed(
        ProblemKind::Locale,
        "not a BCP 47 tag; write a locale such as `nl`, `nl-NL` or `zh-Hant-TW`",
    )
}

/// A sorted list of codes, padded with spaces to one width, each followed by a space or a line
/// feed.
struct Table {
    codes: &'static [u8],
    width: usize,
}

impl Table {
    fn contains(&self, code: &str) -> bool {
        let stride = self.width + 1;
        let code = code.to_ascii_lowercase();
        let (mut low, mut high) = (0, self.codes.len() / stride);
        while low < high {
            let middle = usize::midpoint(low, high);
            let entry = self
                .codes
                .get(middle * stride..middle * stride + self.width);
            let entry = entry.unwrap_or_default().trim_ascii_end();
            match entry.cmp(code.as_bytes()) {
                std::cmp::Ordering::Equal => return true,
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_tags_are_valid() {
        for tag in [
            "nl",
            "nl-NL",
            "NL-nl",
            "en-US",
            "pt-BR",
            "zh-Hant-TW",
            "es-419",
            "sr-Latn",
            "sr-Latn-RS",
            "yue",
            "fil",
            "gsw-CH",
            "en-001",
            "de-CH-1996",
            "sl-rozaj-biske",
            "en-US-u-ca-gregory",
            "en-x-twain",
            "zu",
            "aa",
            "zh-yue-HK",
            "sgn-ase",
        ] {
            assert_eq!(check(tag), Ok(()), "{tag}");
            let literal = check_literal(tag);
            assert_eq!(
                literal.is_ok(),
                !tag.contains("-yue") && tag != "sgn-ase",
                "{tag}"
            );
        }
    }

    #[test]
    fn deprecated_tags_are_valid_and_a_literal_has_the_modern_one() {
        for (tag, modern) in [
            ("iw", "he"),
            ("IW-il", "he-il"),
            ("in-ID", "id-ID"),
            ("ji", "yi"),
            ("mo-Cyrl-MD", "ro-Cyrl-MD"),
            ("de-DD", "de-DE"),
            ("iw-Hebr-TP-x-a", "he-Hebr-TL-x-a"),
            ("zh-cmn-Hans-CN", "cmn-Hans-CN"),
            ("i-klingon", "tlh"),
            ("no-bok", "nb"),
            ("en-GB-oed", "en-GB-oxendict"),
            ("sgn-US", "ase"),
        ] {
            assert_eq!(check(tag), Ok(()), "{tag}");
            let message = check_literal(tag).expect_err(tag).to_string();
            assert!(
                message.contains(&format!("write `{modern}`")),
                "{tag}: {message}"
            );
            assert_eq!(check_literal(modern), Ok(()), "{modern}");
        }
    }

    #[test]
    fn deprecated_tags_without_a_modern_one_and_private_tags_are_valid() {
        for tag in [
            "sr-CS",
            "sh",
            "sh-YU",
            "nl-AN",
            "ru-SU",
            "zh-min",
            "i-mingo",
            "x-private",
            "X-a-1",
            "qaa",
            "qtz-Qaaa",
            "und-Qabx-QM",
            "en-XA",
            "sq-XK",
            "en-ZZ",
            "und",
            "mul",
        ] {
            assert_eq!(check(tag), Ok(()), "{tag}");
            assert_eq!(check_literal(tag), Ok(()), "{tag}");
        }
    }

    #[test]
    fn unknown_or_malformed_tags_are_rejected() {
        for (tag, words) in [
            ("nl_NL", "write `nl-NL`"),
            ("zh_Hant_TW", "write `zh-Hant-TW`"),
            ("", "not a BCP 47 tag"),
            ("nl-", "not a BCP 47 tag"),
            ("nl_", "not a BCP 47 tag"),
            (" nl", "not a BCP 47 tag"),
            ("nl-NL.UTF-8", "not a BCP 47 tag"),
            ("xx-YY", "unknown language"),
            ("english", "unknown language"),
            ("nld", "unknown language"),
            ("x-", "not a BCP 47 tag"),
            ("x-muchtoolong", "not a BCP 47 tag"),
            ("i-unknown", "not a BCP 47 tag"),
            ("en-USA", "a region has two letters"),
            ("ar-yue", "a region has two letters"),
            ("zh-yue-cmn", "a region has two letters"),
            ("nl-QL", "unknown region"),
            ("und-Qaby", "unknown script"),
            ("nl-999", "unknown region"),
            ("sr-Abcd", "unknown script"),
        ] {
            let message = check(tag).expect_err(tag).to_string();
            assert!(message.contains(words), "{tag}: {message}");
        }
    }

    #[test]
    fn tables_are_sorted_and_complete() {
        for table in [LANGUAGES, EXTENDED_LANGUAGES, SCRIPTS, REGIONS] {
            let entries: Vec<_> = table.codes.chunks(table.width + 1).collect();
            assert!(entries.iter().all(|entry| entry.len() == table.width + 1));
            assert!(entries.is_sorted_by_key(|entry| &entry[..table.width]));
            for entry in entries {
                let code = std::str::from_utf8(entry).expect("ASCII").trim_end();
                assert!(table.contains(code), "{code}");
            }
        }
    }
}
