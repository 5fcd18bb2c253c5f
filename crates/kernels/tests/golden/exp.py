"""Writes exp.txt: arguments and the correctly rounded exp of them, as hexadecimal bits.

Needs mpmath. One line: f64 or f32, x, exp(x).
"""
import random
import struct
from mpmath import mp, mpf, exp

mp.prec = 300
random.seed(1)


def round_to(value, mantissa, smallest):
    """The multiple of the last place nearest to value, ties to even: a float of that format."""
    if value == 0:
        return mpf(0)
    e = mp.floor(mp.log(value, 2))
    if mpf(2) ** e > value:
        e -= 1
    ulp = mpf(2) ** max(e - mantissa, smallest)
    q = value / ulp
    n = mp.floor(q)
    if q - n > 0.5 or (q - n == 0.5 and int(n) % 2 == 1):
        n += 1
    return n * ulp


def bits(value, kind):
    pack, unpack = {"f64": ("<d", "<Q"), "f32": ("<f", "<I")}[kind]
    return struct.unpack(unpack, struct.pack(pack, value))[0]


def as_float(value, kind):
    pack = {"f64": "<d", "f32": "<f"}[kind]
    return struct.unpack(pack, struct.pack(pack, value))[0]


for kind, mantissa, smallest, low, high, top in (
    ("f64", 52, -1074, -745.2, 709.782712893384, 1024),
    ("f32", 23, -149, -104.0, 88.72283, 128),
):
    subnormal = -708.4 if kind == "f64" else -87.34
    xs = [low + (high - low) * i / 400 for i in range(401)]
    xs += [low + (subnormal - low) * random.random() for _ in range(200)]
    xs += [random.uniform(-40, 40) for _ in range(400)]
    xs += [random.uniform(-1, 1) for _ in range(300)]
    xs += [s * 2.0 ** -e for e in range(0, 70, 3) for s in (1, -1)] + [0.0, -0.0]
    xs += [(n + 0.5) * 0.6931471805599453 for n in range(-60, 60, 7)]
    for x in xs:
        x = as_float(x, kind)
        y = round_to(exp(mpf(x)), mantissa, smallest)
        y = float("inf") if y >= mpf(2) ** top else float(y)
        print(kind, f"{bits(x, kind):x}", f"{bits(y, kind):x}")
