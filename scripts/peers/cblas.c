// One epoch over cblas: gemv, gemv, gemv^T, ger and ger per example. Shapes as in scripts/golden.py, row-major.
#include <cblas.h>
#include <math.h>
#include <stdint.h>

// Scratch: z holds D + 1 numbers, b K, g_a D.
void epoch(int examples, int inputs, int hidden, int classes, double *alpha, double *beta, const double *x,
           const int64_t *labels, double learning_rate, double *z, double *b, double *g_a)
{
    int columns = inputs + 1, units = hidden + 1;
    z[0] = 1.0;
    for (int n = 0; n < examples; n++, x += columns) {
        cblas_dgemv(CblasRowMajor, CblasNoTrans, hidden, columns, 1.0, alpha, columns, x, 1, 0.0, z + 1, 1);
        for (int d = 1; d < units; d++)
            z[d] = 1.0 / (1.0 + exp(-z[d]));

        cblas_dgemv(CblasRowMajor, CblasNoTrans, classes, units, 1.0, beta, units, z, 1, 0.0, b, 1);
        double largest = b[0], total = 0.0;
        for (int k = 1; k < classes; k++)
            largest = b[k] > largest ? b[k] : largest;
        for (int k = 0; k < classes; k++)
            total += b[k] = exp(b[k] - largest);
        for (int k = 0; k < classes; k++)
            b[k] /= total;
        b[labels[n]] -= 1.0; // g_b

        cblas_dgemv(CblasRowMajor, CblasTrans, classes, hidden, 1.0, beta + 1, units, b, 1, 0.0, g_a, 1);
        for (int d = 0; d < hidden; d++)
            g_a[d] *= z[d + 1] * (1.0 - z[d + 1]);

        cblas_dger(CblasRowMajor, classes, units, -learning_rate, b, 1, z, 1, beta, units);
        cblas_dger(CblasRowMajor, hidden, columns, -learning_rate, g_a, 1, x, 1, alpha, columns);
    }
}
