//! A set of small numbers, one bit each.

/// Numbers below the length it was made with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Bits {
    words: Vec<u64>,
    length: usize,
}

impl Bits {
    pub fn none(length: usize) -> Bits {
        Bits { words: vec![0; length.div_ceil(64)], length }
    }

    pub fn all(length: usize) -> Bits {
        let mut bits = Bits { words: vec![u64::MAX; length.div_ceil(64)], length };
        bits.trim();
        bits
    }

    pub fn insert(&mut self, number: usize) {
        debug_assert!(number < self.length);
        self.words[number / 64] |= 1 << (number % 64);
    }

    pub fn contains(&self, number: usize) -> bool {
        self.words[number / 64] >> (number % 64) & 1 == 1
    }

    pub fn add(&mut self, other: &Bits) {
        self.words.iter_mut().zip(&other.words).for_each(|(mine, theirs)| *mine |= theirs);
    }

    pub fn keep(&mut self, other: &Bits) {
        self.words.iter_mut().zip(&other.words).for_each(|(mine, theirs)| *mine &= theirs);
    }

    pub fn remove(&mut self, other: &Bits) {
        self.words.iter_mut().zip(&other.words).for_each(|(mine, theirs)| *mine &= !theirs);
    }

    pub fn touches(&self, other: &Bits) -> bool {
        self.words.iter().zip(&other.words).any(|(mine, theirs)| mine & theirs != 0)
    }

    /// In ascending order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(index, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                Some(index * 64 + bit)
            })
        })
    }

    /// Clears what lies beyond the length, so that equal sets are equal values.
    fn trim(&mut self) {
        if !self.length.is_multiple_of(64)
            && let Some(last) = self.words.last_mut()
        {
            *last &= (1 << (self.length % 64)) - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Bits;

    #[test]
    fn a_set_keeps_to_its_length_across_words() {
        let mut bits = Bits::all(130);
        assert_eq!(bits.iter().count(), 130);
        let mut some = Bits::none(130);
        [0, 63, 64, 129].into_iter().for_each(|number| some.insert(number));
        assert!(bits.touches(&some) && some.contains(64) && !some.contains(65));
        bits.remove(&some);
        assert!(!bits.touches(&some));
        assert_eq!(bits.iter().count(), 126);
        bits.add(&some);
        bits.keep(&some);
        assert_eq!(bits.iter().collect::<Vec<_>>(), [0, 63, 64, 129]);
    }
}
