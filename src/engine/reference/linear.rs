//! The linear module.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, s};
use rankone_kernels::Number;

/// `b = w [1; v]`: an affine map whose bias is the weights' column 0.
#[derive(Debug)]
pub struct Linear;

impl Linear {
    /// `b_i = w_i0 + sum_j w_ij v_j`, from w (rows x (columns+1)) and v (columns).
    ///
    /// # Panics
    /// Where the shapes do not fit.
    pub fn forward<T: Number>(w: ArrayView2<T>, v: ArrayView1<T>) -> Array1<T> {
        assert_eq!(w.ncols(), v.len() + 1);
        w.rows()
            .into_iter()
            .map(|row| {
                // In f64 whatever T is, so that f32 engines have a better answer to be held
                // against.
                let mut sum = row[0].as_f64();
                for (&w, &v) in row.iter().skip(1).zip(v) {
                    sum += w.as_f64() * v.as_f64();
                }
                T::from_f64(sum)
            })
            .collect()
    }

    /// From `g_b = dJ/db` (rows): `dJ/dw = g_b [1; v]^T` of w's shape, and `dJ/dv = w[:,1:]^T g_b`.
    ///
    /// # Panics
    /// Where the shapes do not fit.
    pub fn backward<T: Number>(
        w: ArrayView2<T>,
        v: ArrayView1<T>,
        g_b: ArrayView1<T>,
    ) -> (Array2<T>, Array1<T>) {
        assert_eq!(w.dim(), (g_b.len(), v.len() + 1));
        let mut g_w = Array2::zeros(w.dim());
        for (mut row, &g) in g_w.rows_mut().into_iter().zip(&g_b) {
            row[0] = g;
            for (g_w, &v) in row.iter_mut().skip(1).zip(v) {
                *g_w = g * v;
            }
        }
        let columns = w.slice(s![.., 1..]);
        let g_v = columns
            .columns()
            .into_iter()
            .map(|column| {
                let products = column.iter().zip(g_b);
                T::from_f64(products.map(|(w, g)| w.as_f64() * g.as_f64()).sum())
            })
            .collect();
        (g_w, g_v)
    }
}
