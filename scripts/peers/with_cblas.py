"""C over cblas with the system's OpenBLAS: compiles cblas.c when imported."""

import ctypes
import os
import pathlib
import subprocess
import sys

import numpy as np
from common import TARGET
from numpy.ctypeslib import ndpointer


def compiled():
    source, library = pathlib.Path(__file__).with_name("cblas.c"), TARGET / "cblas.so"
    # -march=native was no faster: OpenBLAS takes most of the time, and chooses its kernels itself.
    command = [os.environ.get("CC", "cc"), "-O3", "-shared", "-fPIC", source, "-o", library, "-lopenblas", "-lm"]
    if subprocess.run(command).returncode != 0:
        sys.exit("cblas.c does not compile: are OpenBLAS and its header (libopenblas-dev) installed?")
    library = ctypes.CDLL(str(library))
    library.openblas_get_config.restype = ctypes.c_char_p
    numbers, integers = (ndpointer(kind, flags="C_CONTIGUOUS") for kind in (np.float64, np.int64))
    library.epoch.argtypes = [ctypes.c_int] * 4 + [numbers] * 3 + [integers, ctypes.c_double] + [numbers] * 3
    library.epoch.restype = None
    library.openblas_set_num_threads(1)
    return library


LIBRARY = compiled()
VERSION = LIBRARY.openblas_get_config().decode().split()[1]


def prepare(alpha, beta, x, labels, learning_rate):
    sizes = len(x), x.shape[1] - 1, len(alpha), len(beta)
    scratch = np.empty(beta.shape[1]), np.empty(len(beta)), np.empty(len(alpha))

    def epoch():
        LIBRARY.epoch(*sizes, alpha, beta, x, labels, learning_rate, *scratch)
        return alpha, beta

    return epoch
