"""Numba: plain loops, without fastmath.

alpha is transposed, so that every inner loop but the shortest runs over hidden units and vectorizes without
reordering a sum. Most inputs are zero: to skip them makes no difference to the sums, which stay bit-identical.
"""

import numba
import numpy as np

VERSION = numba.__version__


def compiled(skip_zeros):
    @numba.njit
    def loops(alpha, beta, x, labels, learning_rate):
        hidden, classes = alpha.shape[1], beta.shape[0]
        z, g_a, b = np.empty(hidden), np.empty(hidden), np.empty(classes)
        for n in range(len(x)):
            row = x[n]
            z[:] = 0.0
            for m in range(len(row)):
                if skip_zeros and row[m] == 0.0:
                    continue
                for d in range(hidden):
                    z[d] += row[m] * alpha[m, d]
            for d in range(hidden):
                z[d] = 1.0 / (1.0 + np.exp(-z[d]))
            for k in range(classes):
                b[k] = beta[k, 0]
                for d in range(hidden):
                    b[k] += beta[k, d + 1] * z[d]
            largest, total = b.max(), 0.0
            for k in range(classes):
                b[k] = np.exp(b[k] - largest)
                total += b[k]
            g_a[:] = 0.0
            for k in range(classes):
                g_b = learning_rate * (b[k] / total - (k == labels[n]))
                beta[k, 0] -= g_b
                for d in range(hidden):
                    g_a[d] += g_b * beta[k, d + 1]
                    beta[k, d + 1] -= g_b * z[d]
            for d in range(hidden):
                g_a[d] *= z[d] * (1.0 - z[d])
            for m in range(len(row)):
                if skip_zeros and row[m] == 0.0:
                    continue
                for d in range(hidden):
                    alpha[m, d] -= row[m] * g_a[d]

    def prepare(alpha, beta, x, labels, learning_rate):
        alpha = alpha.T.copy()

        def epoch():
            loops(alpha, beta, x, labels, learning_rate)
            return alpha.T, beta

        return epoch

    return prepare


prepare, prepare_nonzero = compiled(skip_zeros=False), compiled(skip_zeros=True)
