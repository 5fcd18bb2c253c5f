"""The environment variables of the candidates, and the description of the machine in the record."""

import datetime
import importlib.metadata
import os
import pathlib
import platform
import subprocess

# These override the kernels that OpenBLAS chooses for this CPU, and slow down a current NumPy.
UNSET = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
LIBRARIES = ("OMP_NUM", "OPENBLAS_NUM", "MKL_NUM", "BLIS_NUM", "NUMBA_NUM", "VECLIB_MAXIMUM")
XLA = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def one_thread():
    kept = {name: value for name, value in os.environ.items() if name not in UNSET}
    limits = {f"{library}_THREADS": "1" for library in LIBRARIES}
    return {**kept, **limits, "XLA_FLAGS": XLA, "JAX_PLATFORMS": "cpu"}


def described(core):
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "cpu": cpu(),
        "cores": os.cpu_count(),
        "pinned_to_core": core,
        "system": platform.platform(),
        "python": platform.python_version(),
        "compiler": first_line(os.environ.get("CC", "cc"), "--version"),
        "rustc": first_line("rustc", "--version"),
        "unset_for_the_contestants": {name: os.environ[name] for name in UNSET if name in os.environ},
        "packages": {package.name: package.version for package in importlib.metadata.distributions()},
    }


def cpu():
    info = pathlib.Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else first_line("sysctl", "-n", "machdep.cpu.brand_string") or platform.processor()


def first_line(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return None
