//! Numbers without repetition, far apart for neighbouring rows: what keys and other made values are spelled from.

/// Enough different values for any table; further places of a long key need not tell rows apart.
pub(super) const ENOUGH: u128 = 1 << 62;
/// Close to ENOUGH divided by the golden ratio, so that neighbouring rows get numbers far apart.
const STRIDE: u128 = 2_850_178_167_379_011_583;

/// The row's number below `capacity`: row·stride + offset modulo the capacity, with a stride that has no common divisor
/// with it, so that as many rows as there are numbers get each once.
pub(super) fn scatter(row: u64, capacity: u128, offset: u64) -> u128 {
    let capacity = capacity.clamp(1, ENOUGH);
    let mut stride = STRIDE % capacity;
    while gcd(stride, capacity) > 1 {
        stride += 1;
    }
    (u128::from(row) % capacity * stride.max(1) + u128::from(offset)) % capacity
}

/// Spells a number with a letter of each alphabet, the last place first; places that are not needed to tell numbers below
/// `capacity` apart are filled with what `row` scatters.
pub(super) fn spell(alphabets: &[Vec<char>], capacity: u128, number: u128, row: u64) -> String {
    let (mut number, mut left) = (number, capacity);
    let mut rest = u128::from(row).wrapping_mul(STRIDE).rotate_left(29);
    let mut text: Vec<char> = Vec::with_capacity(alphabets.len());
    for letters in alphabets.iter().rev() {
        let many = letters.len() as u128;
        if left > 1 || many == 1 {
            text.push(letters[(number % many) as usize]);
            number /= many;
            left /= many;
        } else {
            text.push(letters[(rest % many) as usize]);
            rest = (rest / many) ^ (rest << 64);
        }
    }
    text.iter().rev().collect()
}

/// How many different texts have a letter of each alphabet, as far as that matters.
pub(super) fn capacity<'a>(alphabets: impl Iterator<Item = &'a String>) -> u128 {
    alphabets
        .map(|letters| letters.chars().count() as u128)
        .try_fold(1, |product: u128, letters| Some(product.checked_mul(letters)?.min(ENOUGH)))
        .unwrap_or(ENOUGH)
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_number_comes_once() {
        for capacity in [1, 2, 3, 10, 97, 1000] {
            let numbers: BTreeSet<u128> = (0..capacity).map(|row| scatter(row, u128::from(capacity), 5)).collect();
            assert_eq!(numbers.len() as u64, capacity);
            assert!(numbers.iter().all(|number| *number < u128::from(capacity)));
        }
    }
}
