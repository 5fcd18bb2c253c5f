"""Lets PyTorch's wheel run on the CPU without the gigabytes of CUDA packages that it links against.

The wheel on PyPI is built for CUDA, and its libraries will not load while the CUDA ones are missing. This
makes one small library that has every CUDA function they name, each answering 100, "no CUDA device", and puts
it beside them under the missing names. PyTorch then finds no device, and its CPU code, all that is timed here,
is untouched. Nothing is done where `import torch` works, as with a wheel built for the CPU.
"""

import importlib.util
import os
import pathlib
import re
import subprocess
import sys
import tempfile

CUDA = r"(?:__cuda|cu|nccl|nvrtc|nvshmem)"


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def stand_in(folder):
    libraries = sorted(folder.glob("*.so"))
    # "cudaFree@libcudart.so.13": a symbol and, for most, the version that it must be defined under.
    symbols = sorted(set(re.findall(rf" U ({CUDA}\w*)(?:@(\S+))?", output("nm", "-D", *libraries))))
    versions = {}
    for name, version in symbols:
        versions.setdefault(version, []).append(name)
    versions.pop("", None)
    library = folder / "libnocuda.so"
    with tempfile.TemporaryDirectory() as scratch:
        source, script = pathlib.Path(scratch, "nocuda.c"), pathlib.Path(scratch, "nocuda.map")
        source.write_text("".join(f"int {name}(void) {{ return 100; }}\n" for name in sorted({s[0] for s in symbols})))
        script.write_text("".join(f"{version} {{ {'; '.join(names)}; }};\n" for version, names in versions.items()))
        cc = os.environ.get("CC", "cc")
        output(cc, "-w", "-fno-builtin", "-shared", "-fPIC", source, f"-Wl,--version-script={script}", "-o", library)
    needed = set(re.findall(rf"\[(lib{CUDA}[\w.]*)\]", output("readelf", "-d", *libraries)))
    for name in sorted(needed):
        if not (folder / name).exists():
            (folder / name).symlink_to(library.name)


def works():
    return subprocess.run([sys.executable, "-c", "import torch"], capture_output=True).returncode == 0


def main():
    torch = importlib.util.find_spec("torch")  # found, not imported
    if torch is None or works():
        return
    stand_in(pathlib.Path(torch.origin).parent / "lib")
    if not works():
        sys.exit("torch cannot be imported, with stand-ins for CUDA's libraries neither")


if __name__ == "__main__":
    main()
