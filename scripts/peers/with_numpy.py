"""NumPy: everything in place, no allocation per example; g_b and g_a include the learning rate."""

import numpy as np

VERSION = np.__version__


def prepare(alpha, beta, x, labels, learning_rate):
    g_alpha, g_beta = np.empty_like(alpha), np.empty_like(beta)
    z, b, g_a = np.ones(beta.shape[1]), np.empty(len(beta)), np.empty(len(alpha))
    units, slope = z[1:], np.empty(len(alpha))
    beta_units, g_b_column, g_a_column = beta[:, 1:], b[:, None], g_a[:, None]
    examples = list(zip(x, labels.tolist()))

    def epoch():
        for row, label in examples:
            np.dot(alpha, row, out=units)
            np.negative(units, out=units)
            np.exp(units, out=units)
            np.add(units, 1.0, out=units)
            np.reciprocal(units, out=units)
            np.dot(beta, z, out=b)
            np.subtract(b, b.max(), out=b)
            np.exp(b, out=b)
            np.multiply(b, learning_rate / b.sum(), out=b)
            b[label] -= learning_rate
            np.dot(b, beta_units, out=g_a)
            np.subtract(1.0, units, out=slope)
            np.multiply(slope, units, out=slope)
            np.multiply(g_a, slope, out=g_a)
            np.multiply(g_b_column, z, out=g_beta)
            np.subtract(beta, g_beta, out=beta)
            np.multiply(g_a_column, row, out=g_alpha)
            np.subtract(alpha, g_alpha, out=alpha)
        return alpha, beta

    return epoch
