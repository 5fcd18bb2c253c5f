//! The output layer: scores, and the pass over D that goes back through it.

use super::softmax;
use crate::lanes::exp::sigmoid;
use crate::lanes::{Element, Lanes, lanes_for, one_by_one, settled};

/// `beta`, its classes cut into chunks of `C` whose weights for one lane of hidden units are contiguous.
///
/// A row of scores has whole lanes for each chunk; weights and bias where there is no class are 0.
#[derive(Clone, Debug)]
pub struct Output<T: Element> {
    /// D.
    units: usize,
    /// K.
    classes: usize,
    /// C, one of [`CHUNKS`].
    chunk: usize,
    /// `beta[:, 0]`, chunks x lanes of C.
    bias: Vec<T::Lanes>,
    /// The number of each class, -1 where there is none: chunks x lanes of C.
    numbers: Vec<T::Lanes>,
    /// `beta[:, 1:]`, lanes of D x chunks x C.
    weights: Vec<T::Lanes>,
}

/// The chunk sizes that kernels are compiled for.
const CHUNKS: [usize; 2] = [10, 8];

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
            _ => unreachable!("no other chunk is chosen"),
        }
    };
}
pub(super) use with_chunk;

impl<T: Element> Output<T> {
    pub fn new(units: usize, classes: usize) -> Self {
        assert!(classes <= 1 << 24, "an f32 tells no more classes apart");
        // The fewest classes in all, then the fewest chunks.
        let chunk = *CHUNKS
            .iter()
            .min_by_key(|&&c| classes.next_multiple_of(c))
            .expect("there are chunk sizes");
        let chunks = classes.div_ceil(chunk);
        let mut output = Self {
            units,
            classes,
            chunk,
            bias: vec![T::Lanes::ZERO; chunks * lanes_for::<T::Lanes>(chunk)],
            numbers: vec![T::Lanes::splat(-T::ONE); chunks * lanes_for::<T::Lanes>(chunk)],
            weights: vec![T::Lanes::ZERO; chunks * chunk * lanes_for::<T::Lanes>(units)],
        };
        let mut number = T::ZERO;
        for k in 0..classes {
            let (lane, i) = output.place(k);
            output.numbers[lane][i] = number;
            number += T::ONE;
        }
        output
    }

    /// K.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// C.
    pub fn chunk(&self) -> usize {
        self.chunk
    }

    /// How many lanes a row of scores has.
    pub fn score_lanes(&self) -> usize {
        self.bias.len()
    }

    /// Classes in all chunks.
    fn chunked_classes(&self) -> usize {
        self.classes.next_multiple_of(self.chunk)
    }

    /// Which lane of a row of scores class `k` is in, and where in it.
    #[inline(always)]
    fn place(&self, k: usize) -> (usize, usize) {
        let in_chunk = k % self.chunk;
        let first = k / self.chunk * lanes_for::<T::Lanes>(self.chunk);
        (first + in_chunk / T::Lanes::WIDTH, in_chunk % T::Lanes::WIDTH)
    }

    /// Takes `beta`, K x (D+1) row-major.
    pub fn load(&mut self, beta: &[T]) {
        assert_eq!(beta.len(), self.classes * (self.units + 1));
        // Where there is no class too: a network that diverged left NaN there.
        self.bias.fill(T::Lanes::ZERO);
        self.weights.fill(T::Lanes::ZERO);
        let padded = self.chunked_classes();
        for (k, row) in beta.chunks_exact(self.units + 1).enumerate() {
            let (lane, i) = self.place(k);
            self.bias[lane][i] = row[0];
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
            let (lane, i) = self.place(k);
            row[0] = self.bias[lane][i];
            let lanes = self.weights[k..].iter().step_by(padded);
            for (lane, values) in lanes.zip(row[1..].chunks_mut(T::Lanes::WIDTH)) {
                values.copy_from_slice(&lane.as_slice()[..values.len()]);
            }
        }
    }

    /// `b = beta z` for one example; `b` has [`score_lanes`](Self::score_lanes).
    #[inline(always)]
    pub fn scores<const C: usize>(&self, z: &[T::Lanes], b: &mut [T::Lanes]) {
        let weights = self.weights.as_chunks::<C>().0;
        let chunks = weights.len() / z.len();
        let width = lanes_for::<T::Lanes>(C);
        let rows = b.chunks_exact_mut(width).zip(self.bias.chunks_exact(width));
        for (c, (b, bias)) in rows.take(chunks).enumerate() {
            let mut sums = [T::Lanes::ZERO; C];
            for (weights, &z) in weights[c..].iter().step_by(chunks).zip(z) {
                one_by_one();
                for k in 0..C {
                    sums[k] = weights[k].mul_add(z, sums[k]);
                }
            }
            reduce(settled(sums), bias, b);
        }
    }

    /// Scores `b` into `h = -lr g_b = -lr (softmax(b) - onehot(y))`, in place; takes the step of the bias.
    #[inline(always)]
    pub fn softmax_step<const C: usize>(&mut self, b: &mut [T::Lanes], y: usize, learning_rate: T) {
        let width = lanes_for::<T::Lanes>(C);
        let (lane, i) = self.place(y);
        let y = self.numbers[lane][i];
        let (numbers, bias) = (&self.numbers, &mut self.bias);
        // With one chunk, the usual case, the scores stay in registers.
        if b.len() == width {
            let (b, numbers, bias) = (&mut b[..width], &numbers[..width], &mut bias[..width]);
            softmax::step(b, numbers, bias, y, learning_rate);
        } else {
            softmax::step(b, numbers, bias, y, learning_rate);
        }
    }

    /// The class with the highest score of `b`, the first of equals.
    #[inline(always)]
    pub fn best(&self, b: &[T::Lanes]) -> usize {
        let (mut best, mut highest) = (0, b[0][0]);
        for k in 1..self.classes {
            let (lane, i) = self.place(k);
            if b[lane][i] > highest {
                (best, highest) = (k, b[lane][i]);
            }
        }
        best
    }

    /// `J = -log softmax(b)[y]`, with `b` spent.
    #[inline(always)]
    pub fn cross_entropy<const C: usize>(&self, b: &mut [T::Lanes], y: usize) -> f64 {
        let width = lanes_for::<T::Lanes>(C);
        let (lane, i) = self.place(y);
        let score: f64 = b[lane][i].into();
        let log_sum_exp = if b.len() == width {
            softmax::log_sum_exp(&mut b[..width], &self.numbers[..width])
        } else {
            softmax::log_sum_exp(b, &self.numbers)
        };
        let j = log_sum_exp - score;
        // Rounding may have it below what no cross-entropy is; NaN stays.
        if j < 0.0 { 0.0 } else { j }
    }

    /// One example's way back, lane by lane of D: `step = -lr g_a = (beta^T h) z (1 - z)` with
    /// `h = -lr g_b`, and then `beta += h z^T`.
    #[inline(always)]
    pub fn backward<const C: usize>(
        &mut self,
        h: &[T::Lanes],
        z: &[T::Lanes],
        step: &mut [T::Lanes],
    ) {
        let chunks = h.len() / lanes_for::<T::Lanes>(C);
        let weights = self.weights.as_chunks_mut::<C>().0.chunks_exact_mut(chunks);
        for ((weights, &z), step) in weights.zip(z).zip(step) {
            one_by_one();
            *step = back_through_lane(weights, h, z);
        }
    }

    /// One example's way [back](Self::backward) and the next one's way forward in the same pass:
    ///
    /// ```text
    /// z_next = sigmoid(a_next + overlap step)      b_next = beta z_next
    /// ```
    ///
    /// `b` holds `h` and gets `b_next`; `next` holds `a_next` and gets `z_next`; `overlap = x . x_next`.
    #[inline(always)]
    pub fn backward_and_forward<const C: usize>(
        &mut self,
        b: &mut [T::Lanes],
        z: &[T::Lanes],
        step: &mut [T::Lanes],
        next: &mut [T::Lanes],
        overlap: T,
    ) {
        let width = lanes_for::<T::Lanes>(C);
        let weights = self.weights.as_chunks_mut::<C>().0;
        // With one chunk, the usual case, the scores' sums stay in registers.
        if b.len() == width {
            let mut h = [T::Lanes::ZERO; C];
            h[..width].copy_from_slice(b);
            let h = &h[..width];
            let mut sums = [T::Lanes::ZERO; C];
            let overlap = T::Lanes::splat(overlap);
            let groups = weights.chunks_mut(NEAR).zip(z.chunks(NEAR));
            let groups = groups.zip(step.chunks_mut(NEAR)).zip(next.chunks_mut(NEAR));
            for (((weights, z), step), next) in groups {
                for (((weights, &z), step), next) in
                    weights.iter_mut().zip(z).zip(step).zip(&mut *next)
                {
                    one_by_one();
                    *step = back_through_lane(std::slice::from_mut(weights), h, z);
                    *next = sigmoid(overlap.mul_add(*step, *next));
                }
                for (weights, &z) in weights.iter().zip(&*next) {
                    one_by_one();
                    for k in 0..C {
                        sums[k] = weights[k].mul_add(z, sums[k]);
                    }
                }
                sums = settled(sums);
            }
            reduce(sums, &self.bias[..width], b);
            return;
        }
        self.backward::<C>(b, z, step);
        let overlap = T::Lanes::splat(overlap);
        for (next, &step) in next.iter_mut().zip(&*step) {
            one_by_one();
            *next = sigmoid(overlap.mul_add(step, *next));
        }
        self.scores::<C>(next, b);
    }
}

/// Lanes of units that go back, and then forward, while their weights are in the first-level cache.
const NEAR: usize = 8;

/// `b = bias + ` the sum of each of `sums`.
#[inline(always)]
fn reduce<L: Lanes, const C: usize>(sums: [L; C], bias: &[L], b: &mut [L]) {
    for (i, (b, &bias)) in b.iter_mut().zip(bias).enumerate() {
        let first = i * L::WIDTH;
        let mut scores = L::ZERO;
        for k in 0..L::WIDTH.min(C - first) {
            scores[k] = settled(sums[first + k].sum());
        }
        *b = scores + bias;
    }
}

/// `(beta^T h) z (1 - z)` for one lane of units, with `beta` before `beta += h z^T`.
#[inline(always)]
fn back_through_lane<L: Lanes, const C: usize>(weights: &mut [[L; C]], h: &[L], z: L) -> L {
    let mut g = [L::ZERO; 2];
    for (weights, h) in weights.iter_mut().zip(h.chunks_exact(lanes_for::<L>(C))) {
        for k in 0..C {
            let h = L::splat(h[k / L::WIDTH][k % L::WIDTH]);
            g[k % 2] = weights[k].mul_add(h, g[k % 2]);
            weights[k] = z.mul_add(h, weights[k]);
        }
    }
    let slope = z.map(|z| -z).mul_add(z, z);
    (g[0] + g[1]) * slope
}
