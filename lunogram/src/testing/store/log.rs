//! A list that keeps its newest items only.

use std::collections::VecDeque;
use std::ops::Deref;

/// The share of a log's bound that an item takes.
pub(crate) trait Weight {
    fn weight(&self) -> usize {
        1
    }
}

/// The newest items, the oldest first. It dereferences to them, and counts also those that it has
/// discarded.
#[derive(Clone, Debug)]
pub(crate) struct Log<T> {
    kept: VecDeque<T>,
    discarded: usize,
    weight: usize,
    limit: usize,
}

impl<T: Weight> Log<T> {
    /// A log that keeps items up to a total weight of `limit`, and the newest one in any case.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            kept: VecDeque::new(),
            discarded: 0,
            weight: 0,
            limit,
        }
    }

    pub(crate) fn push(&mut self, item: T) {
        self.weight += item.weight();
        self.kept.push_back(item);
        while self.weight > self.limit && self.kept.len() > 1 {
            if let Some(oldest) = self.kept.pop_front() {
                self.weight -= oldest.weight();
                self.discarded += 1;
            }
        }
    }

    /// How many items there have been, discarded or not.
    pub(crate) fn total(&self) -> usize {
        self.discarded + self.kept.len()
    }
}

#[cfg(feature = "page")]
impl<T: Weight> Log<T> {
    /// The number of the oldest item that is kept; items are numbered from 0.
    pub(crate) fn first(&self) -> usize {
        self.discarded
    }

    /// The kept items from this number on, each with its number.
    pub(crate) fn since(&self, number: usize) -> impl Iterator<Item = (usize, &T)> {
        let numbers = self.discarded..;
        let skipped = number.saturating_sub(self.discarded);
        numbers.zip(&self.kept).skip(skipped)
    }
}

impl<T> Deref for Log<T> {
    type Target = VecDeque<T>;

    fn deref(&self) -> &VecDeque<T> {
        &self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Weight for usize {
        fn weight(&self) -> usize {
            *self
        }
    }

    fn log(limit: usize, weights: &[usize]) -> Log<usize> {
        let mut log = Log::new(limit);
        for weight in weights {
            log.push(*weight);
        }
        log
    }

    #[test]
    fn newest_items_are_kept_and_all_are_counted() {
        for (weights, kept) in [
            (&[][..], &[][..]),
            (&[1, 1, 1], &[1, 1, 1]),
            (&[1, 1, 2], &[1, 2]),
            (&[3, 1], &[1]),
            (&[1, 1, 1, 9], &[9]),
            (&[9, 1, 2], &[1, 2]),
        ] {
            let log = log(3, weights);
            assert_eq!(log.iter().copied().collect::<Vec<_>>(), kept, "{weights:?}");
            assert_eq!(log.total(), weights.len());
        }
    }

    #[test]
    fn log_without_room_keeps_the_newest_item() {
        assert_eq!(log(0, &[1, 1]).len(), 1);
    }

    #[cfg(feature = "page")]
    #[test]
    fn items_keep_their_numbers() {
        let log = log(3, &[1, 1, 1, 1, 1]);
        assert_eq!(log.first(), 2);
        let numbers = |from| {
            log.since(from)
                .map(|(number, _)| number)
                .collect::<Vec<_>>()
        };
        assert_eq!(numbers(0), [2, 3, 4]);
        assert_eq!(numbers(4), [4]);
        assert_eq!(numbers(5), [0; 0]);
    }
}
