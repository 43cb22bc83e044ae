//! "Did you mean".

/// The candidate that `word` was probably meant to be: the nearest by edits (a swap of neighbours counts as one, case
/// as none), where a third of the word at the most is wrong.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().collect();
    candidates
        .into_iter()
        .map(|candidate| {
            let other: Vec<char> = candidate.to_lowercase().chars().collect();
            (distance(&word, &other), other.len(), candidate)
        })
        .filter(|(distance, length, _)| distance * 3 <= word.len().max(*length))
        .min_by_key(|(distance, ..)| *distance)
        .map(|(.., candidate)| candidate)
}

/// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
fn distance(from: &[char], to: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=to.len()).collect();
    for (row, a) in from.iter().enumerate() {
        let mut current = vec![row + 1];
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
        before = std::mem::replace(&mut above, current);
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_what_was_meant() {
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
}
