//! Locales: BCP 47 tags of languages, scripts and regions that exist.
//!
//! A tag has to be more than well-formed: `xx-YY` is well-formed, but there is no language `xx`.
//! The primary language has to be in ISO 639 (by its two-letter code if it has one), a script in
//! ISO 15924, and a region in ISO 3166 or UN M.49. Case is ignored, as in BCP 47. Private tags
//! (`x-…`) are rejected because they mean nothing to the server. The tables in `locale/` list the
//! codes of these standards.

use crate::{ProblemKind, Violation};
use oxilangtag::LanguageTag;

const LANGUAGES: Table = Table {
    codes: include_bytes!("locale/languages.txt"),
    width: 3,
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

/// Checks a locale, such as `nl`, `nl-NL`, `zh-Hant-TW` or `es-419`.
///
/// # Errors
/// If it is not well-formed or one of its parts is unknown. The message names the part.
pub fn check(tag: &str) -> Result<(), Violation> {
    let Ok(parsed) = LanguageTag::parse(tag) else {
        return Err(malformed(tag));
    };
    if !LANGUAGES.contains(parsed.primary_language()) {
        return Err(Violation::fixed(
            ProblemKind::Locale,
            "unknown language in the locale; write a BCP 47 tag that starts with an ISO 639 code, such as `nl` or `nl-NL`",
        ));
    }
    if parsed
        .script()
        .is_some_and(|script| !SCRIPTS.contains(script))
    {
        return Err(Violation::fixed(
            ProblemKind::Locale,
            "unknown script in the locale; write an ISO 15924 code, such as in `zh-Hant-TW`, or leave it out",
        ));
    }
    let known = |region: &str| REGIONS.contains(region) || AREAS.contains(&region);
    if parsed.region().is_some_and(|region| !known(region)) {
        return Err(Violation::fixed(
            ProblemKind::Locale,
            "unknown region in the locale; write an ISO 3166 code, such as in `nl-NL`, or leave it out",
        ));
    }
    Ok(())
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
        ] {
            assert_eq!(check(tag), Ok(()), "{tag}");
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
            ("x-private", "unknown language"),
            ("i-klingon", "unknown language"),
            ("nl-XX", "unknown region"),
            ("nl-999", "unknown region"),
            ("sr-Abcd", "unknown script"),
        ] {
            let message = check(tag).expect_err(tag).to_string();
            assert!(message.contains(words), "{tag}: {message}");
        }
    }

    #[test]
    fn tables_are_sorted_and_complete() {
        for table in [LANGUAGES, SCRIPTS, REGIONS] {
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
