//! A set of numbers kept as the shortest sorted list of inclusive ranges.

/// A number that ranges are made of.
pub trait Number: Copy + Ord {
    /// The next number; `None` after the last.
    fn next(self) -> Option<Self>;
    /// The number before; `None` before the first.
    fn previous(self) -> Option<Self>;
}

impl Number for u16 {
    fn next(self) -> Option<u16> {
        self.checked_add(1)
    }
    fn previous(self) -> Option<u16> {
        self.checked_sub(1)
    }
}

impl Number for u128 {
    fn next(self) -> Option<u128> {
        self.checked_add(1)
    }
    fn previous(self) -> Option<u128> {
        self.checked_sub(1)
    }
}

/// Sorted, and no two ranges overlap or touch, so that equal sets are equal values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ranges<T> {
    ranges: Vec<(T, T)>,
}

impl<T> Default for Ranges<T> {
    fn default() -> Self {
        Ranges { ranges: Vec::new() }
    }
}

impl<T: Number> Ranges<T> {
    /// From `first` to `last`, both included; empty where `first` is the larger.
    pub fn range(first: T, last: T) -> Ranges<T> {
        Ranges { ranges: if first <= last { vec![(first, last)] } else { Vec::new() } }
    }

    /// Any ranges in any order; those whose first is larger than their last hold nothing.
    pub fn collect(ranges: impl IntoIterator<Item = (T, T)>) -> Ranges<T> {
        let mut sorted: Vec<(T, T)> = ranges.into_iter().filter(|(first, last)| first <= last).collect();
        sorted.sort_unstable();
        let mut merged: Vec<(T, T)> = Vec::with_capacity(sorted.len());
        for (first, last) in sorted {
            match merged.last_mut() {
                // Touching ranges are merged too: 1-2 and 3-4 are 1-4.
                Some(top) if top.1.next().is_none_or(|after| first <= after) => top.1 = top.1.max(last),
                _ => merged.push((first, last)),
            }
        }
        Ranges { ranges: merged }
    }

    /// Each range with both ends included, in order.
    pub fn as_slice(&self) -> &[(T, T)] {
        &self.ranges
    }

    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    pub fn contains(&self, number: T) -> bool {
        let index = self.ranges.partition_point(|range| range.1 < number);
        self.ranges.get(index).is_some_and(|range| range.0 <= number)
    }

    pub fn union(&self, other: &Ranges<T>) -> Ranges<T> {
        Ranges::collect(self.ranges.iter().chain(&other.ranges).copied())
    }

    pub fn intersection(&self, other: &Ranges<T>) -> Ranges<T> {
        let mut shared = Vec::new();
        let (mut left, mut right) = (0, 0);
        while let (Some(a), Some(b)) = (self.ranges.get(left), other.ranges.get(right)) {
            let (first, last) = (a.0.max(b.0), a.1.min(b.1));
            if first <= last {
                shared.push((first, last));
            }
            if a.1 < b.1 { left += 1 } else { right += 1 }
        }
        Ranges { ranges: shared }
    }

    /// What is here and not in `other`.
    pub fn difference(&self, other: &Ranges<T>) -> Ranges<T> {
        let mut rest = Vec::new();
        for &(first, last) in &self.ranges {
            let mut from = Some(first);
            let start = other.ranges.partition_point(|hole| hole.1 < first);
            for &(hole_first, hole_last) in &other.ranges[start..] {
                let Some(begin) = from else { break };
                if hole_first > last {
                    break;
                }
                if let Some(before) = hole_first.previous().filter(|before| *before >= begin) {
                    rest.push((begin, before));
                }
                from = hole_last.next();
            }
            if let Some(begin) = from.filter(|begin| *begin <= last) {
                rest.push((begin, last));
            }
        }
        Ranges { ranges: rest }
    }

    /// Whether the two share a number.
    pub fn touches(&self, other: &Ranges<T>) -> bool {
        let (mut left, mut right) = (0, 0);
        while let (Some(a), Some(b)) = (self.ranges.get(left), other.ranges.get(right)) {
            if a.0 <= b.1 && b.0 <= a.1 {
                return true;
            }
            if a.1 < b.1 { left += 1 } else { right += 1 }
        }
        false
    }

    /// Whether every number of `other` is here.
    pub fn covers(&self, other: &Ranges<T>) -> bool {
        // Ranges never touch, so one range of `other` must fit in one range here.
        other.ranges.iter().all(|&(first, last)| {
            let index = self.ranges.partition_point(|range| range.1 < first);
            self.ranges.get(index).is_some_and(|range| range.0 <= first && last <= range.1)
        })
    }
}
