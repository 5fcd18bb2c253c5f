//! Our own random numbers: a documented generator whose stream never changes.
//!
//! # The generator, fully enough to repeat it elsewhere
//!
//! ChaCha with 8 rounds (four column rounds alternating with four diagonal rounds). The state is
//! sixteen 32-bit words:
//!
//! | words | content |
//! |---|---|
//! | 0..4 | `61707865 3320646e 79622d32 6b206574` ("expand 32-byte k", hexadecimal) |
//! | 4..12 | the 32-byte key, eight little-endian words: the seed's low half, its high half, six zeros |
//! | 12, 13 | the 64-bit block counter, low half first; it starts at 0 and counts blocks of 16 words |
//! | 14, 15 | the 64-bit nonce, low half first: the number of the [`Stream`]; of the order of epoch e, from 0, 2^32 + e |
//!
//! A block's output is the state after eight rounds plus the state before them, word by word modulo
//! 2^32 (the ChaCha of D. J. Bernstein, not RFC 8439's 32-bit counter and 96-bit nonce). The words
//! of block 0, then block 1, and so on, are read in order. Every draw starts with a 64-bit integer
//! made of the next two words, **the first one the low half**.
//!
//! - [`Random::uniform`] keeps the upper 53 bits: `(draw >> 11) * 2^-53`.
//! - [`Random::below`] takes the upper half of the 128-bit product `draw * n`, after throwing away
//!   every draw for which the product's lower half is less than `2^64 mod n` (Lemire's method, no
//!   bias).

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Independent sequences under one seed, so that no use of randomness disturbs another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// A network's first weights.
    Weights = 0,
    /// The synthetic letters of a training set.
    TrainingLetters = 1,
    /// The synthetic letters of a validation set.
    ValidationLetters = 2,
    /// The points at which gradients are checked; 3 draws the grey example of `scripts/golden.py`.
    GradientCheck = 4,
    /// The examples that a picture shows.
    Sheet = 5,
    /// The examples that are put apart for validation.
    Split = 7,
    /// The runs that a resample of measurements draws.
    Resample = 6,
}

/// ChaCha8, key = seed little-endian in bytes 0..8 and zeros after, nonce = `stream`, from the
/// start of the stream. `src/random.rs` says exactly how the numbers come about.
#[derive(Clone, Debug)]
pub struct Random(ChaCha8Rng);

impl Random {
    /// The numbers of `stream` under `seed`.
    pub fn new(seed: u64, stream: Stream) -> Self {
        Self::of_nonce(seed, stream as u64)
    }

    /// For the order of the examples in `epoch`, from 0.
    pub fn of_epoch(seed: u64, epoch: usize) -> Self {
        Self::of_nonce(seed, (1 << 32) + epoch as u64)
    }

    fn of_nonce(seed: u64, nonce: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(nonce);
        Self(generator)
    }

    /// `(next_u64 >> 11) * 2^-53`, in [0, 1).
    pub fn uniform(&mut self) -> f64 {
        const ULP: f64 = 1.0 / (1u64 << 53) as f64;
        (self.0.next_u64() >> 11) as f64 * ULP
    }

    /// An unbiased integer below `n`.
    ///
    /// # Panics
    ///
    /// If `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        assert!(n > 0, "there is no integer below 0");
        let n = n as u64;
        let biased = n.wrapping_neg() % n; // 2^64 mod n
        loop {
            let product = u128::from(self.0.next_u64()) * u128::from(n);
            if product as u64 >= biased {
                return (product >> 64) as usize;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From an independent ChaCha8 in Python (`scripts/golden.py`).
    #[test]
    fn the_stream_never_changes() {
        let first = |seed, stream| {
            let mut random = Random::new(seed, stream);
            [(); 4].map(|()| random.uniform())
        };
        assert_eq!(
            first(0, Stream::Weights),
            [0.8369197568826472, 0.6314244940665231, 0.23241584346674848, 0.11759101961149943]
        );
        assert_eq!(
            first(0, Stream::TrainingLetters),
            [0.7891618892784164, 0.8176048583089404, 0.2594260428567652, 0.6068396346933512]
        );
        assert_eq!(
            first(0x0123_4567_89ab_cdef, Stream::ValidationLetters),
            [0.8621548452603316, 0.3067236218756598, 0.37107603471144934, 0.9662995217779768]
        );
        let mut random = Random::new(0, Stream::Weights);
        let thousandth = (0..1000).map(|_| random.uniform()).last();
        assert_eq!(thousandth, Some(0.388595360547339));
    }

    #[test]
    fn integers_never_change() {
        let mut random = Random::new(1, Stream::TrainingLetters);
        let digits = [(); 12].map(|()| random.below(10));
        assert_eq!(digits, [1, 8, 6, 3, 3, 9, 5, 1, 8, 9, 1, 2]);
    }

    #[test]
    fn integers_are_even_and_below_n() {
        let mut random = Random::new(2, Stream::Weights);
        let mut counts = [0; 7];
        for _ in 0..70_000 {
            counts[random.below(7)] += 1;
        }
        // The standard deviation of a count is 93.
        assert!(counts.iter().all(|count| (9_500..10_500).contains(count)), "{counts:?}");
        assert_eq!(random.below(1), 0);
    }

    /// One draw in four is thrown away for this n.
    #[test]
    #[cfg(target_pointer_width = "64")]
    fn biased_draws_are_thrown_away() {
        let mut random = Random::new(1, Stream::ValidationLetters);
        let large = [(); 4].map(|()| random.below(3 << 62));
        assert_eq!(
            large,
            [5204164465233562171, 5623298358835741386, 3622659669710620867, 13750442958162795534]
        );
    }
}
