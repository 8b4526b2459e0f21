//! What was found out lately, so that it is not found out again: a question is read alone and after those before it, and
//! each follow-up that is offered after both.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// How much is kept.
const MOST: usize = 32;

/// The last results of something that depends on its key alone.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    kept: Mutex<VecDeque<(K, V)>>,
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self { kept: Mutex::default() }
    }
}

impl<K: PartialEq, V: Clone> Recent<K, V> {
    /// The result for a key: the one that is kept, or else a new one. Others may be found out meanwhile.
    pub(super) fn get(&self, key: K, find: impl FnOnce(&K) -> V) -> V {
        let kept = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, value)) = kept().iter().find(|(known, _)| *known == key) {
            return value.clone();
        }
        let value = find(&key);
        let mut kept = kept();
        kept.truncate(MOST - 1);
        kept.push_front((key, value.clone()));
        value
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn what_was_found_lately_is_not_found_out_again() {
        let recent: Recent<usize, usize> = Recent::default();
        let times = Cell::new(0);
        let double = |key: usize| {
            recent.get(key, |key| {
                times.set(times.get() + 1);
                key * 2
            })
        };
        assert_eq!([double(1), double(2), double(1)], [2, 4, 2]);
        assert_eq!(times.get(), 2);
        for key in 3..3 + MOST {
            double(key);
        }
        assert_eq!(double(1), 2, "the oldest is found out again");
        assert_eq!(times.get(), 2 + MOST + 1);
    }
}
