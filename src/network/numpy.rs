//! The random numbers of NumPy's `np.random.seed` and the functions that draw after it, to the bit.
//!
//! Its legacy generator is frozen (NumPy's NEP 19): MT19937 of Matsumoto and Nishimura (1998),
//! started by their `init_genrand`.

use rand_mt::Mt;

/// NumPy's generator after `np.random.seed(seed)`.
#[derive(Debug)]
pub struct NumPy(Mt);

impl NumPy {
    /// As `np.random.seed(seed)` leaves it.
    pub fn seed(seed: u32) -> Self {
        Self(Mt::new(seed))
    }

    /// `np.random.uniform()`, in [0, 1): `(a 2^26 + b) / 2^53` from the upper 27 bits `a` of one
    /// word and the upper 26 `b` of the next.
    pub fn uniform(&mut self) -> f64 {
        let (a, b) = (self.0.next_u32() >> 5, self.0.next_u32() >> 6);
        (f64::from(a) * 67_108_864.0 + f64::from(b)) / 9_007_199_254_740_992.0
    }

    /// A number of 0 to `most`, as `np.random.permutation` draws them: words are cut to as many
    /// bits as `most` has, and thrown away where they are greater.
    pub fn at_most(&mut self, most: u64) -> u64 {
        let mask = u64::MAX.checked_shr(most.leading_zeros()).unwrap_or(0);
        loop {
            let word = match u32::try_from(most) {
                Ok(_) => u64::from(self.0.next_u32()),
                Err(_) => u64::from(self.0.next_u32()) << 32 | u64::from(self.0.next_u32()),
            };
            if word & mask <= most {
                return word & mask;
            }
        }
    }
}
