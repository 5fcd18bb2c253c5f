"""C over cblas, as the system's OpenBLAS gives it: compiles cblas.c and times one call of its epoch()."""

import ctypes
import os
import pathlib
import subprocess
import sys

import numpy as np
from numpy.ctypeslib import ndpointer
from protocol import measure

SOURCE = pathlib.Path(__file__).with_name("cblas.c")
LIBRARY = SOURCE.parents[2] / "target" / "peers" / "cblas.so"


def compiled():
    cc = os.environ.get("CC", "cc")
    # -march=native was no faster: the time is in the library, which chooses its kernels by itself.
    command = [cc, "-O3", "-shared", "-fPIC", SOURCE, "-o", LIBRARY, "-lopenblas", "-lm"]
    if subprocess.run(command).returncode != 0:
        sys.exit("cblas.c does not compile: are OpenBLAS and its header (libopenblas-dev) installed?")
    library = ctypes.CDLL(str(LIBRARY))
    library.version.restype = ctypes.c_char_p
    numbers, integers = (ndpointer(kind, flags="C_CONTIGUOUS") for kind in (np.float64, np.int64))
    library.epoch.argtypes = [ctypes.c_int] * 4 + [numbers] * 3 + [integers, ctypes.c_double] + [numbers] * 3
    library.epoch.restype = None
    library.one_thread()
    return library


def prepare(alpha, beta, x, labels, learning_rate):
    sizes = len(x), x.shape[1] - 1, len(alpha), len(beta)
    scratch = np.empty(beta.shape[1]), np.empty(len(beta)), np.empty(len(alpha))

    def epoch():
        library.epoch(*sizes, alpha, beta, x, labels, learning_rate, *scratch)
        return alpha, beta

    return epoch


if __name__ == "__main__":
    library = compiled()
    measure(library.version().decode().split()[1], prepare)
