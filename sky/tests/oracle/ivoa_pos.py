"""IVOA POS texts, chosen and random, with what sphgeom makes of them: lines `text<tab>encoding` or `text<tab>error`, all in hexadecimal."""

import random
import sys

from lsst.sphgeom import Region

CHOSEN = """CIRCLE 10 20 0.5|circle 10 20 0.5|CIRCLE 10 20|CIRCLE 10 20 0.5 1|CIRCLE|CIRCLE 10 91 1|CIRCLE -10 -90 1|CIRCLE 370 90 1|CIRCLE 10 20 0
CIRCLE 10 20 -1|CIRCLE 10 20 180|CIRCLE 10 20 1000|CIRCLE 1e1 2.E1 .5|CIRCLE 1_0 2_0.5 1|CIRCLE 1__0 20 1|CIRCLE _1 20 1|CIRCLE 1_ 20 1
CIRCLE 1_.5 20 1|CIRCLE 1e1_0 20 1|CIRCLE +1 -2 +3|CIRCLE 1,2,3|CIRCLE 0x10 1 1|CIRCLE a b c|CIRCLE 10 20 inf|CIRCLE 10 inf 1|CIRCLE 10 20 1\n
  CIRCLE  10 20  1  |\tCIRCLE\t10\t20\t1|CIRCLE\u00a010\u200320 1|CIRCLE 10\x1f20 1||   |BOX 1 2 3 4|Circle 10 20 1|CIRCLE 1d1 20 1|CIRCLE 1e 20 1
RANGE 10 20 -5 5|RANGE 20 10 -5 5|RANGE 10 20 5 -5|RANGE 10 10 5 5|RANGE 350 10 -5 5|RANGE -10 10 -5 5|RANGE 0 360 -90 90|RANGE 360 0 -90 90
RANGE -Inf +Inf -Inf +Inf|RANGE -Inf +Inf -Inf 5|RANGE +Inf -Inf 0 1|RANGE 10 +Inf -5 +Inf|RANGE -Inf 10 -Inf -80|RANGE INF infinity -infinity inf
RANGE 10 20 -91 5|RANGE 10 20 -5|RANGE 0 720 0 1|RANGE 0 361 0 1|RANGE 10 20 90 90|RANGE 10 20 -90 -90|RANGE 0 0 0 0|RANGE 360 360 0 1|RANGE 10 20 +Inf -Inf
POLYGON 0 0 10 0 10 10|POLYGON 0 0 10 10 10 0|POLYGON 0 0 10 0 10 10 0 10|POLYGON 0 0 10 0 10 10 0 10 5 5|POLYGON 0 0 10 0|POLYGON 0 0 10 0 10
POLYGON|POLYGON 0 0 1 0 2 0|POLYGON 0 0 120 0 240 0|POLYGON 0 0 0 0 0 0|POLYGON 0 0 10 0 10 10 0 0|POLYGON 0 89 120 89 240 89|POLYGON 0 0 10 0 10 91
POLYGON 350 -5 10 -5 10 5 350 5|POLYGON 359.9999 0 0.0001 0 0 0.0001|POLYGON 0 0 180 0 90 45|POLYGON 1e-8 0 0 1e-8 0 0"""


def random_texts(seed, count):
    r = random.Random(seed)
    number = lambda low, high: repr(round(r.uniform(low, high), r.randint(0, 8)))  # noqa: E731
    for _ in range(count):
        match r.randint(0, 2):
            case 0:
                yield f"CIRCLE {number(-360, 720)} {number(-90, 90)} {number(-1, 90)}"
            case 1:
                yield f"RANGE {number(0, 360)} {number(-90, 400)} {number(-90, 90)} {number(-90, 90)}"
            case 2:
                lon, lat, size = r.uniform(0, 360), r.uniform(-88, 88), 10 ** r.uniform(-4, 1.3)
                points = [(lon + r.uniform(0, size), max(-90, min(90, lat + r.uniform(0, size)))) for _ in range(r.randint(3, 7))]
                yield "POLYGON " + " ".join(f"{a!r} {b!r}" for a, b in points)


texts = [t.encode("latin-1", "backslashreplace").decode("unicode_escape") for row in CHOSEN.split("\n") for t in row.split("|")]
for text in texts + list(random_texts(int(sys.argv[1]), int(sys.argv[2]))):
    if "\n" in text:
        continue
    try:
        answer = Region.from_ivoa_pos(text).encode().hex()
    except Exception:
        answer = "error"
    print(text.encode().hex(), answer, sep="\t")
