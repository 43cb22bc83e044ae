//! Locales: BCP 47 tags of languages, scripts and regions that exist.
//!
//! Well-formed is not enough: `xx-YY` is, and names no language. So the primary language has to be one of ISO 639 (by its
//! two letters where it has two), a script one of ISO 15924, a region one of ISO 3166 or UN M.49. Case is free, as BCP 47
//! has it. Tags that say nothing to a server (`x-…`) are refused. The tables under `locale/` are those standards' codes.

use crate::Violation;
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

/// The groups of countries that UN M.49 gives a number and BCP 47 takes as a region.
const AREAS: [&str; 31] = [
    "001", "002", "003", "005", "009", "011", "013", "014", "015", "017", "018", "019", "021",
    "029", "030", "034", "035", "039", "053", "054", "057", "061", "142", "143", "145", "150",
    "151", "154", "155", "202", "419",
];

/// A locale such as `nl`, `nl-NL`, `zh-Hant-TW` or `es-419`.
///
/// # Errors
/// Says which part is unknown, and how to write it where that can be told.
pub fn check(tag: &str) -> Result<(), Violation> {
    let Ok(parsed) = LanguageTag::parse(tag) else {
        return Err(malformed(tag));
    };
    if !LANGUAGES.has(parsed.primary_language()) {
        return Err(Violation::fixed(
            "unknown language in the locale; write a BCP 47 tag that starts with an ISO 639 code, such as `nl` or `nl-NL`",
        ));
    }
    if parsed.script().is_some_and(|script| !SCRIPTS.has(script)) {
        return Err(Violation::fixed(
            "unknown script in the locale; write an ISO 15924 code, such as in `zh-Hant-TW`, or leave it out",
        ));
    }
    let known = |region: &str| REGIONS.has(region) || AREAS.contains(&region);
    if parsed.region().is_some_and(|region| !known(region)) {
        return Err(Violation::fixed(
            "unknown region in the locale; write an ISO 3166 code, such as in `nl-NL`, or leave it out",
        ));
    }
    Ok(())
}

#[cold]
fn malformed(tag: &str) -> Violation {
    let hyphens = tag.replace('_', "-");
    if hyphens != tag && check(&hyphens).is_ok() {
        return Violation::new(format!(
            "not a BCP 47 tag: its parts are joined by hyphens; write `{hyphens}`"
        ));
    }
    Violation::fixed("not a BCP 47 tag; write a locale such as `nl`, `nl-NL` or `zh-Hant-TW`")
}

/// Codes of one width (padded with blanks), sorted, each followed by one blank or line end.
struct Table {
    codes: &'static [u8],
    width: usize,
}

impl Table {
    fn has(&self, code: &str) -> bool {
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
    fn tags_in_use_are_right() {
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
    fn others_are_not() {
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
    fn tables_are_sorted_and_whole() {
        for table in [LANGUAGES, SCRIPTS, REGIONS] {
            let entries: Vec<_> = table.codes.chunks(table.width + 1).collect();
            assert!(entries.iter().all(|entry| entry.len() == table.width + 1));
            assert!(entries.is_sorted_by_key(|entry| &entry[..table.width]));
            for entry in entries {
                let code = std::str::from_utf8(entry).expect("ASCII").trim_end();
                assert!(table.has(code), "{code}");
            }
        }
    }
}
