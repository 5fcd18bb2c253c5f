"""Numba once more, passing over inputs that are zero: the same sums to the bit, and most inputs are zero."""

import numba
from protocol import measure
from with_numba import compiled

if __name__ == "__main__":
    measure(numba.__version__, compiled(skip_zeros=True))
