//! The random numbers of NumPy's `np.random.seed` and the functions that draw after it, to the bit.
//!
//! Its legacy generator is frozen (NumPy's NEP 19): MT19937 of Matsumoto and Nishimura (1998), started by their
//! `init_genrand`.

use rand_mt::Mt;

/// NumPy's generator after `np.random.seed(seed)`.
#[derive(Debug)]
pub struct NumPy(Mt);

impl NumPy {
    /// As `np.random.seed(seed)` leaves it.
    pub fn seed(seed: u32) -> Self {
        Self(Mt::new(seed))
    }

    /// `np.random.uniform()`, in [0, 1): `(a 2^26 + b) / 2^53` from the upper 27 bits `a` of one word and the upper 26 `b`
    /// of the next.
    pub fn uniform(&mut self) -> f64 {
        let (a, b) = (self.0.next_u32() >> 5, self.0.next_u32() >> 6);
        (f64::from(a) * 67_108_864.0 + f64::from(b)) / 9_007_199_254_740_992.0
    }
}
