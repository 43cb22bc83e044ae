//! "Did you mean".

/// The candidate with the smallest edit distance to `word`, if it is at most a third of the longer
/// of the two. A swap of neighbouring letters counts as one edit; case is ignored. Of equally near
/// candidates, the first.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().collect();
    let mut other = Vec::new();
    let mut rows = Rows::default();
    let mut found: Option<(usize, &str)> = None;
    for candidate in candidates {
        other.clear();
        other.extend(candidate.chars().flat_map(char::to_lowercase));
        let a_third = word.len().max(other.len()) / 3;
        // A later candidate has to be strictly nearer.
        let at_most = match found {
            Some((0, _)) => break,
            Some((edits, _)) => a_third.min(edits - 1),
            None => a_third,
        };
        if let Some(edits) = rows.distance(&word, &other, at_most) {
            found = Some((edits, candidate));
        }
    }
    found.map(|(_, candidate)| candidate)
}

/// Rows of the edit distance table, reused from one candidate to the next.
#[derive(Default)]
struct Rows {
    before: Vec<usize>,
    above: Vec<usize>,
    current: Vec<usize>,
}

impl Rows {
    /// The number of insertions, deletions, substitutions and swaps of neighbours (optimal string
    /// alignment distance), or `None` if it exceeds `at_most`.
    fn distance(&mut self, from: &[char], to: &[char], at_most: usize) -> Option<usize> {
        // The distance is at least the difference in length. This keeps a pasted page from being
        // compared letter by letter.
        if from.len().abs_diff(to.len()) > at_most {
            return None;
        }
        let Self {
            before,
            above,
            current,
        } = self;
        above.clear();
        above.extend(0..=to.len());
        for (row, a) in from.iter().enumerate() {
            current.clear();
            current.push(row + 1);
            for (column, b) in to.iter().enumerate() {
                let substituted = above[column] + usize::from(a != b);
                let mut least = substituted
                    .min(above[column + 1] + 1)
                    .min(current[column] + 1);
                let swapped = row > 0 && column > 0 && *a == to[column - 1] && from[row - 1] == *b;
                if swapped {
                    least = least.min(before[column - 1] + 1);
                }
                current.push(least);
            }
            // The minimum of a row is never less than the minimum of the row above.
            if current.iter().all(|edits| *edits > at_most) {
                return None;
            }
            std::mem::swap(before, above);
            std::mem::swap(above, current);
        }
        above.last().copied().filter(|edits| *edits <= at_most)
    }
}

#[cfg(test)]
mod tests {
    use super::{Rows, nearest};
    use proptest::prelude::*;

    #[test]
    fn typos_are_matched_to_the_nearest_candidate() {
        for (word, meant) in [
            ("Europe/Amsterdan", "Europe/Amsterdam"),
            ("externalid", "external_id"),
            ("emial", "email"),
            ("EMAIL", "email"),
            ("nmae", "name"),
        ] {
            let candidates = [
                "name",
                "email",
                "external_id",
                "Europe/Amsterdam",
                "Europe/Rome",
            ];
            assert_eq!(nearest(word, candidates), Some(meant));
        }
        assert_eq!(nearest("colour", ["name", "email"]), None);
        assert_eq!(nearest("", ["name"]), None);
    }

    #[test]
    fn up_to_a_third_of_the_word_may_be_wrong() {
        assert_eq!(nearest("abcd", ["abcdef"]), Some("abcdef"));
        assert_eq!(nearest("abcdef", ["abcd"]), Some("abcd"));
        assert_eq!(nearest("abc", ["abcde"]), None);
        assert_eq!(nearest("abcde", ["abc"]), None);
        assert_eq!(nearest(&"abcd".repeat(1 << 18), ["abcd"]), None);
    }

    proptest! {
        #[test]
        fn stopping_early_does_not_change_the_distance(from in "[abc]{0,9}", to in "[abc]{0,9}", at_most in 0..10_usize) {
            let from: Vec<char> = from.chars().collect();
            let to: Vec<char> = to.chars().collect();
            let edits = Rows::default().distance(&from, &to, usize::MAX);
            prop_assert_eq!(
                Rows::default().distance(&from, &to, at_most),
                edits.filter(|edits| *edits <= at_most)
            );
            prop_assert_eq!(Rows::default().distance(&to, &from, usize::MAX), edits);
        }
    }
}
