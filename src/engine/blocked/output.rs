//! The output layer: scores, softmax, and the pass over D that goes back through it.

use crate::lanes::exp::{exp, sigmoid};
use crate::lanes::{Lanes, lanes_for, one_by_one, settled};
use crate::scalar::Scalar;

/// `beta`, its classes cut into chunks of `C` whose weights for one lane of hidden units are contiguous.
///
/// Classes beyond K have weights 0 and bias minus infinity: probability 0, and so no step.
#[derive(Clone, Debug)]
pub struct Output<T: Scalar> {
    /// D.
    units: usize,
    /// K.
    classes: usize,
    /// C, one of [`CHUNKS`].
    chunk: usize,
    /// `beta[:, 0]`, K filled up to whole lanes and chunks.
    bias: Vec<T>,
    /// `beta[:, 1:]`, lanes of D x chunks x C.
    weights: Vec<T::Lanes>,
}

/// The chunk sizes that kernels are compiled for.
const CHUNKS: [usize; 4] = [10, 8, 5, 2];

/// Calls `$body` with the constant `$c` equal to the chunk size `$chunk`.
macro_rules! with_chunk {
    ($chunk:expr, $c:ident => $body:expr) => {
        match $chunk {
            10 => {
                const $c: usize = 10;
                $body
            }
            8 => {
                const $c: usize = 8;
                $body
            }
            5 => {
                const $c: usize = 5;
                $body
            }
            2 => {
                const $c: usize = 2;
                $body
            }
            _ => unreachable!("no other chunk is chosen"),
        }
    };
}
pub(crate) use with_chunk;

impl<T: Scalar> Output<T> {
    pub fn new(units: usize, classes: usize) -> Self {
        // The fewest classes in all, then the fewest chunks.
        let chunk = *CHUNKS
            .iter()
            .min_by_key(|&&c| classes.next_multiple_of(c))
            .expect("there are chunk sizes");
        let padded = classes.next_multiple_of(chunk);
        let lanes = lanes_for::<T::Lanes>(units);
        Self {
            units,
            classes,
            chunk,
            bias: vec![T::NEG_INFINITY; padded.next_multiple_of(T::Lanes::WIDTH)],
            weights: vec![T::Lanes::ZERO; padded * lanes],
        }
    }

    /// C.
    pub fn chunk(&self) -> usize {
        self.chunk
    }

    /// K, filled up to whole lanes and chunks: the length of a row of scores.
    pub fn padded_classes(&self) -> usize {
        self.bias.len()
    }

    /// Classes in all chunks.
    fn chunked_classes(&self) -> usize {
        self.classes.next_multiple_of(self.chunk)
    }

    /// Takes `beta`, K x (D+1) row-major.
    pub fn load(&mut self, beta: &[T]) {
        assert_eq!(beta.len(), self.classes * (self.units + 1));
        // Of classes beyond K too: a network that diverged left NaN in them.
        self.bias.fill(T::NEG_INFINITY);
        self.weights.fill(T::Lanes::ZERO);
        let padded = self.chunked_classes();
        for (k, row) in beta.chunks_exact(self.units + 1).enumerate() {
            self.bias[k] = row[0];
            let lanes = self.weights[k..].iter_mut().step_by(padded);
            for (lane, values) in lanes.zip(row[1..].chunks(T::Lanes::WIDTH)) {
                *lane = T::Lanes::load_or(values, T::ZERO);
            }
        }
    }

    /// The inverse of [`load`](Self::load).
    pub fn store(&self, beta: &mut [T]) {
        assert_eq!(beta.len(), self.classes * (self.units + 1));
        let padded = self.chunked_classes();
        for (k, row) in beta.chunks_exact_mut(self.units + 1).enumerate() {
            row[0] = self.bias[k];
            let lanes = self.weights[k..].iter().step_by(padded);
            for (lane, values) in lanes.zip(row[1..].chunks_mut(T::Lanes::WIDTH)) {
                values.copy_from_slice(&lane.as_slice()[..values.len()]);
            }
        }
    }

    /// `b = beta z` for one example; `b` has [`padded_classes`](Self::padded_classes).
    #[inline(always)]
    pub fn scores<const C: usize>(&self, z: &[T::Lanes], b: &mut [T]) {
        let weights = self.weights.as_chunks::<C>().0;
        let chunks = weights.len() / z.len();
        b.copy_from_slice(&self.bias);
        for (c, b) in b.as_chunks_mut::<C>().0[..chunks].iter_mut().enumerate() {
            let mut sums = [T::Lanes::ZERO; C];
            for (weights, &z) in weights[c..].iter().step_by(chunks).zip(z) {
                one_by_one();
                for k in 0..C {
                    sums[k] = weights[k].mul_add(z, sums[k]);
                }
            }
            let sums = settled(sums);
            for k in 0..C {
                b[k] += sums[k].sum();
            }
        }
    }

    /// Scores `b` into `h = -lr g_b = -lr (softmax(b) - onehot(y))`, in place; takes the step of the bias.
    #[inline(always)]
    pub fn softmax_step(&mut self, b: &mut [T], y: usize, learning_rate: T) {
        let (_, sum) = softmax_terms(b);
        let scale = T::Lanes::splat(-learning_rate / sum);
        for (b, bias) in whole_lanes::<T>(b).zip(whole_lanes::<T>(&mut self.bias)) {
            one_by_one();
            (T::Lanes::load(b) * scale).store(b);
            (T::Lanes::load(bias) + T::Lanes::load(b)).store(bias);
        }
        b[y] += learning_rate;
        self.bias[y] += learning_rate;
    }

    /// The class with the highest score of `b`, the first of equals.
    #[inline(always)]
    pub fn best(&self, b: &[T]) -> usize {
        let mut best = 0;
        for (k, &score) in b[..self.classes].iter().enumerate() {
            if score > b[best] {
                best = k;
            }
        }
        best
    }

    /// `J = -log softmax(b)[y]`, with `b` spent.
    #[inline(always)]
    pub fn cross_entropy(&self, b: &mut [T], y: usize) -> f64 {
        let score = b[y];
        let (max, sum) = softmax_terms(b);
        libm::log(sum.as_f64()) - (score - max).as_f64()
    }

    /// One example's way back and the next one's way forward, lane by lane of D:
    ///
    /// ```text
    /// step = -lr g_a = (beta^T h) z (1 - z)      beta += h z^T
    /// z_next = sigmoid(a_next + overlap step)
    /// ```
    ///
    /// `h = -lr g_b`, `overlap = x . x_next`; `next` holds `a_next` and gets `z_next`.
    #[inline(always)]
    pub fn backward<const C: usize>(
        &mut self,
        h: &[T],
        z: &[T::Lanes],
        step: &mut [T::Lanes],
        next: Option<(&mut [T::Lanes], T)>,
    ) {
        let weights = self.weights.as_chunks_mut::<C>().0;
        let h = &h.as_chunks::<C>().0[..weights.len() / z.len()];
        // With one chunk, the usual case, `h` stays in registers.
        match h {
            [h] => backward_lanes(weights, std::slice::from_ref(h), z, step, next),
            _ => backward_lanes(weights, h, z, step, next),
        }
    }
}

/// [`Output::backward`], where `weights` are lanes x chunks and `h` chunks of C classes.
#[inline(always)]
fn backward_lanes<L: Lanes, const C: usize>(
    weights: &mut [[L; C]],
    h: &[[L::Scalar; C]],
    z: &[L],
    step: &mut [L],
    next: Option<(&mut [L], L::Scalar)>,
) {
    let lanes = weights.chunks_exact_mut(h.len()).zip(z).zip(step);
    match next {
        Some((next, overlap)) => {
            let overlap = L::splat(overlap);
            for (((weights, &z), step), next) in lanes.zip(next) {
                one_by_one();
                *step = back_through_lane(weights, h, z);
                *next = sigmoid(overlap.mul_add(*step, *next));
            }
        }
        None => {
            for ((weights, &z), step) in lanes {
                one_by_one();
                *step = back_through_lane(weights, h, z);
            }
        }
    }
}

/// `(beta^T h) z (1 - z)` for one lane of units, with `beta` before `beta += h z^T`.
#[inline(always)]
fn back_through_lane<L: Lanes, const C: usize>(
    weights: &mut [[L; C]],
    h: &[[L::Scalar; C]],
    z: L,
) -> L {
    let mut g = [L::ZERO; 2];
    for (weights, h) in weights.iter_mut().zip(h) {
        for k in 0..C {
            let h = L::splat(h[k]);
            g[k % 2] = weights[k].mul_add(h, g[k % 2]);
            weights[k] = z.mul_add(h, weights[k]);
        }
    }
    let slope = z.map(|z| -z).mul_add(z, z);
    (g[0] + g[1]) * slope
}

/// Scores into `exp(b - max b)`, in place; gives `max b` and their sum.
#[inline(always)]
fn softmax_terms<T: Scalar>(b: &mut [T]) -> (T, T) {
    let mut max = T::Lanes::splat(T::NEG_INFINITY);
    for b in whole_lanes::<T>(b) {
        one_by_one();
        max = max.max(T::Lanes::load(b));
    }
    let max = max.maximum();
    let shift = T::Lanes::splat(max);
    let mut sum = T::Lanes::ZERO;
    for b in whole_lanes::<T>(b) {
        one_by_one();
        let term = exp(T::Lanes::load(b) - shift);
        term.store(b);
        sum = sum + term;
    }
    (max, sum.sum())
}

/// `row`, a whole number of lanes long, cut into them.
#[inline(always)]
fn whole_lanes<T: Scalar>(row: &mut [T]) -> impl Iterator<Item = &mut [T]> {
    row.chunks_exact_mut(T::Lanes::WIDTH)
}
