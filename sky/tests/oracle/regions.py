"""Writes cases of sphgeom's answers, one per line, for the test in ../it/oracle.rs.

Usage: regions.py SEED SCALE. Doubles are written as the hexadecimal of their eight bytes, regions as hexadecimal of
their encoding or as the number of an R line, "!" stands for an exception and "?" for None. The first word of a line
tells its kind; see the functions here for the words after it.
"""

import base64
import random
import struct
import sys

import lsst.sphgeom as sphgeom
import yaml
from lsst.sphgeom import Angle, Box, Circle, ConvexPolygon, Ellipse, HtmPixelization, LonLat, Region, UnitVector3d
from shapes import Shapes

HTM = [HtmPixelization(level) for level in range(25)]


def num(*values):
    return struct.pack(f"<{len(values)}d", *values).hex()


def vec(v):
    return num(v.x(), v.y(), v.z())


def bit(value):
    return "?" if value is None else str(int(value))


def attempt(f):
    try:
        return f()
    except (RuntimeError, ValueError):
        return "!"


def box3d(b):
    return num(b.x().getA(), b.x().getB(), b.y().getA(), b.y().getB(), b.z().getA(), b.z().getB())


def ranges(rs):
    return ",".join(f"{b}:{e}" for b, e in rs) or "-"


def without_ellipses(r):
    """The region with ellipses replaced by their bounding circles.

    That is what sphgeom means to look for pixels in (src/PixelFinder.h), but it does so through a reference to a circle
    that is gone by then: the installed version gives garbage or a segmentation fault for ellipses.
    """
    if isinstance(r, Ellipse):
        return r.getBoundingCircle()
    if isinstance(r, sphgeom.CompoundRegion):
        return type(r)(*(without_ellipses(operand) for operand in r))
    return r


class Writer:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.shapes = Shapes(self.rng)
        self.regions = []

    def line(self, *words):
        sys.stdout.write(" ".join(words) + "\n")

    def region(self, r):
        """R encoding base64 yamlTag isEmpty boundingBox boundingCircle boundingBox3d centroid."""
        encoded = r.encode()
        self.line(
            "R",
            encoded.hex(),
            base64.b64encode(encoded).decode(),
            yaml.dump(r).split()[0],
            bit(r.isEmpty()),
            r.getBoundingBox().encode().hex(),
            attempt(lambda: r.getBoundingCircle().encode().hex()),
            attempt(lambda: box3d(r.getBoundingBox3d())),
            attempt(lambda: vec(r.getCentroid())) if isinstance(r, ConvexPolygon) else "-",
        )
        self.regions.append(r)

    def pair(self, i, j):
        """P i j relate overlaps contains."""
        a, b = self.regions[i], self.regions[j]
        self.line("P", str(i), str(j), str(a.relate(b)), bit(a.overlaps(b)), bit(a.contains(b)))

    def point(self, i, v):
        """V i vector contains htm7 htm20."""
        inside = self.regions[i].contains(v)
        self.line("V", str(i), vec(v), bit(inside), str(HTM[7].index(v)), str(HTM[20].index(v)))

    def pixels(self, i, level, max_ranges=0):
        """E i level maxRanges envelope interior."""
        r, htm = without_ellipses(self.regions[i]), HTM[level]
        found = ranges(htm.envelope(r, max_ranges)), ranges(htm.interior(r, max_ranges))
        self.line("E", str(i), str(level), str(max_ranges), *found)

    def hull(self):
        """H points polygon."""
        points = [self.shapes.point() for _ in range(self.rng.choice([0, 1, 2, 3, 3, 4, 5, 6, 9, 30]))]
        if self.rng.random() < 0.2 and len(points) > 1:  # Coplanar points.
            a, b = points[0], points[1]
            points = [a, b]
            for _ in range(4):
                n = UnitVector3d.orthogonalTo(a, b)
                points.insert(self.rng.randrange(3), a.rotatedAround(n, Angle(self.rng.uniform(-2, 2))))
        if self.rng.random() < 0.5:
            self.rng.shuffle(points)
        polygon = attempt(lambda: ConvexPolygon(points).encode().hex())
        self.line("H", "".join(vec(p) for p in points) or "-", polygon)

    def construct(self):
        """C kind numbers region."""
        rng, s = self.rng, self.shapes
        kind = rng.randrange(6)
        if kind == 0:
            a = s.angle(), s.angle(), s.angle(), s.angle()
            made = attempt(lambda: Box.fromDegrees(*a))
        elif kind == 1:
            p = LonLat(s.point())
            a = p.getLon().asRadians(), p.getLat().asRadians(), s.angle(), s.angle()
            made = Box(LonLat.fromRadians(*a[:2]), Angle(a[2]), Angle(a[3]))
        elif kind == 2:
            p = s.point()
            a = p.x(), p.y(), p.z(), s.angle()
            made = Circle(p, Angle(a[3]))
        elif kind == 3:
            p, q = s.point(), s.point()
            a = p.x(), p.y(), p.z(), q.x(), q.y(), q.z(), s.angle()
            made = attempt(lambda: Ellipse(p, q, Angle(a[6])))
        elif kind == 4:
            p = s.point()
            a = p.x(), p.y(), p.z(), s.angle(), s.angle(), rng.uniform(-7, 7)
            made = attempt(lambda: Ellipse(p, Angle(a[3]), Angle(a[4]), Angle(a[5])))
        else:
            a = rng.uniform(-400, 800), rng.uniform(-95, 95), rng.gauss(0, 1), rng.gauss(0, 1e3), rng.gauss(0, 1)
            v = UnitVector3d(*a[2:])
            p = LonLat(v)
            here = attempt(lambda: vec(UnitVector3d(LonLat.fromDegrees(a[0], a[1]))))
            self.line("L", num(*a), here, vec(v), num(p.getLon().asRadians(), p.getLat().asRadians()))
            return
        self.line("C", str(kind), num(*a), made if isinstance(made, str) else made.encode().hex())

    def bytes(self):
        """X bytes region: decoding of damaged bytes."""
        rng = self.rng
        data = bytearray(rng.choice(self.regions).encode())
        for _ in range(rng.choice([1, 1, 2, 5])):
            kind = rng.randrange(6)
            if kind == 0 and data:
                del data[rng.randrange(len(data)) :]
            elif kind == 1:
                data += rng.randbytes(rng.choice([1, 8, 24]))
            elif kind == 2 and data:
                data[0] = rng.choice(b"bcepiuBx")
            elif kind == 3 and data:
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            elif kind == 4:
                data = bytearray(rng.choice(b"ui") for _ in range(1)) + struct.pack("<Q", len(data)) + data
            else:
                i = rng.randrange(len(data) + 1)
                data[i : i + 8] = struct.pack("<d", rng.choice([float("nan"), float("inf"), -1.0, 1e300, 7.0, -0.0]))
        if self.hangs(bytes(data)):
            return
        self.line("X", data.hex() or "-", attempt(lambda: Region.decode(bytes(data)).encode().hex()))

    def hangs(self, data):
        """True for operand lengths that wrap the reference's pointers, which it does not survive."""
        if data[:1] not in (b"u", b"i"):
            return False
        i = 1
        while i + 8 <= len(data):
            (n,) = struct.unpack("<Q", data[i : i + 8])
            if n >= 1 << 40:
                return True
            if self.hangs(data[i + 8 : i + 8 + n]):
                return True
            i += 8 + n
        return False

    def text(self):
        """B text region: base64; O text overlaps: pairs in base64; Y text region: hexadecimal, "_" for a space."""
        rng = self.rng
        chosen = [base64.b64encode(rng.choice(self.regions).encode()).decode() for _ in range(rng.choice([1, 2, 3]))]
        text = ":".join(chosen)
        if rng.random() < 0.5:
            i = rng.randrange(len(text) + 1)
            text = text[:i] + rng.choice(["", "=", ":", "A", "*", "==", "-", "AAAA"]) + text[i + rng.choice([0, 1, 4]) :]
        if text != "-" and not any(self.hangs(self.loose(t)) for t in text.split(":")):
            self.line("B", text or "-", attempt(lambda: Region.decodeBase64(text).encode().hex()))
        terms = [
            base64.b64encode(rng.choice(self.regions[-12:]).encode()).decode() + "&" + rng.choice(chosen)
            for _ in range(rng.choice([1, 1, 2, 4]))
        ]
        text = "|".join(terms)
        if rng.random() < 0.1:
            text = text.replace(rng.choice("&|="), rng.choice(["", "*", "|"]), 1)
        self.line("O", text or "-", attempt(lambda: bit(Region.decodeOverlapsBase64(text))))

        text = rng.choice(self.regions).encode().hex()
        for _ in range(rng.choice([0, 1, 3])):
            i = rng.choice([1, 2]) * rng.randrange(len(text) // 2)
            text = text[:i] + rng.choice([" ", " ", "", "A", "00", "g"]) + text[i:]
        text = rng.choice([text, text.upper()])
        if "  " not in text and not self.hangs(self.loose_hex(text)):
            made = attempt(lambda: Region.decode(bytes.fromhex(text)).encode().hex())
            self.line("Y", text.replace(" ", "_"), made)

    @staticmethod
    def loose_hex(text):
        try:
            return bytes.fromhex(text)
        except ValueError:
            return b""

    @staticmethod
    def loose(text):
        try:
            return base64.b64decode(text)
        except ValueError:
            return b""

    def orientation(self):
        """N points orientation: of nearly coplanar points whose components differ by orders of magnitude."""
        rng = self.rng
        a, b = (UnitVector3d(*(rng.gauss(0, 1) * 10 ** rng.choice([0, 0, rng.uniform(-20, 0)]) for _ in "xyz")) for _ in "ab")
        t = rng.choice([rng.uniform(-2, 2), 10 ** rng.uniform(-10, 1)])
        try:
            c = a.rotatedAround(UnitVector3d.orthogonalTo(a, b), Angle(t))
            if rng.random() < 0.5:
                c = UnitVector3d(*(x + t * (y - x) for x, y in ((a.x(), b.x()), (a.y(), b.y()), (a.z(), b.z()))))
        except RuntimeError:
            return
        points = rng.sample([a, b, c], 3)
        self.line("N", "".join(vec(p) for p in points), str(sphgeom.orientation(*points)))

    def trixel(self):
        """T index level triangle name."""
        level = self.rng.randint(0, 24)
        i = self.rng.choice([self.rng.randrange(1 << 53), self.rng.randrange(8 << 2 * level, 16 << 2 * level)])
        shape = attempt(lambda: HtmPixelization.triangle(i).encode().hex())
        self.line("T", str(i), str(HtmPixelization.level(i)), shape, attempt(lambda: HtmPixelization.asString(i)))

    def cluster(self):
        self.shapes.new_cluster()
        start = len(self.regions)
        for _ in range(12):
            self.region(self.shapes.region())
        size = len(self.regions)
        for i in range(start, size):
            for j in range(start, size):
                self.pair(i, j)
            self.pair(i, self.rng.randrange(size))
            for _ in range(3):
                self.point(i, self.shapes.point())
            self.point(i, self.shapes.some_center())
            self.pixels(i, 7)
            self.pixels(i, self.level_for(self.regions[i]))
        self.pixels(self.rng.randrange(start, size), self.rng.randint(0, 8), self.rng.choice([1, 2, 4, 8, 30]))
        for _ in range(40):
            self.orientation()
        for _ in range(5):
            self.hull()
            self.construct()
            self.bytes()
            self.text()
            self.trixel()

    def level_for(self, r):
        """A level at which the region's parts do not cover too many trixels."""
        finest = 5
        while finest < 24 and size_of(r) < 16.0 / (1 << finest):
            finest += 1
        return self.rng.randint(0, finest)


def size_of(r):
    """Radius of the largest part of the region; a polygon that is not convex may cover anything."""
    if isinstance(r, sphgeom.CompoundRegion):
        return max((size_of(operand) for operand in r), default=3.0)
    try:
        if isinstance(r, ConvexPolygon) and r != ConvexPolygon(r.getVertices()):
            return 3.0
        return r.getBoundingCircle().getOpeningAngle().asRadians()
    except (RuntimeError, ValueError):
        return 3.0


def main():
    seed, clusters = int(sys.argv[1]), int(sys.argv[2])
    writer = Writer(seed)
    writer.line("#", sphgeom.__version__)
    for r in (Box.full(), Box(), Circle.full(), Circle(), Ellipse.full(), Ellipse()):
        writer.region(r)
    for r in (sphgeom.UnionRegion(), sphgeom.IntersectionRegion()):
        writer.region(r)
    for i in range(8):
        for j in range(8):
            writer.pair(i, j)
        writer.pixels(i, 7)
        writer.pixels(i, 0)
    for _ in range(clusters):
        writer.cluster()


main()
