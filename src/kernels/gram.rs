//! The overlaps `x_s . x_t` of the examples of a block.

use super::nonzero::{Kind, Rows};
use crate::lanes::{Element, Lanes};

/// Where row `t` of a packed strict lower triangle starts.
#[inline(always)]
pub fn triangle(t: usize) -> usize {
    t * t.saturating_sub(1) / 2
}

/// Appends `x_s . x_t` for all pairs `s < t` of `rows` to `gram`, row `t` at [`triangle`]`(t)`.
pub fn append<T: Element>(rows: &Rows<T>, gram: &mut Vec<T>) {
    let x = |t: usize| &rows.x[t * rows.columns..(t + 1) * rows.columns];
    let pairs = (1..rows.len()).flat_map(|t| (0..t).map(move |s| (s, t)));
    match rows.kind {
        Kind::Binary => {
            // Bits of the block's inputs, n x words.
            let words = rows.columns.div_ceil(64);
            let mut bits = vec![0u64; rows.len() * words];
            for (t, bits) in bits.chunks_exact_mut(words).enumerate() {
                rows.nonzero(t).iter().for_each(|&p| bits[p as usize / 64] |= 1 << (p % 64));
            }
            let bits = |t: usize| &bits[t * words..(t + 1) * words];
            gram.extend(pairs.map(|(s, t)| {
                let both = bits(s).iter().zip(bits(t)).map(|(s, t)| (s & t).count_ones());
                T::from_count(both.sum())
            }));
        }
        Kind::Valued => gram.extend(pairs.map(|(s, t)| {
            let products = rows.nonzero(t).iter().map(|&p| x(s)[p as usize] * x(t)[p as usize]);
            products.fold(T::ZERO, |sum, product| sum + product)
        })),
        Kind::Dense => gram.extend(pairs.map(|(s, t)| dot(x(s), x(t)))),
    }
}

/// `x . y`, in lanes.
fn dot<T: Element>(x: &[T], y: &[T]) -> T {
    let mut sum = T::Lanes::ZERO;
    for (x, y) in x.chunks(T::Lanes::WIDTH).zip(y.chunks(T::Lanes::WIDTH)) {
        let x = T::Lanes::load_or(x, T::ZERO);
        sum = x.mul_add(T::Lanes::load_or(y, T::ZERO), sum);
    }
    sum.sum()
}
