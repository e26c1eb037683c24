"""Writes cases of HealpixPixelization's answers, one per line, for the test in ../it/healpix.rs.

Usage: healpix.py SEED COUNT [native]. Doubles are written as the hexadecimal of their eight bytes, regions as
hexadecimal of their encoding, "!" stands for an exception. The first word of a line tells its kind; see the functions
here for the words after it.

NumPy's arccos and arctan2, which polygons go through, depend on the processor. Without "native" they are those of the
C library.
"""

import math
import os
import random
import struct
import sys
import warnings

if sys.argv[3:] != ["native"]:
    os.environ["NPY_DISABLE_CPU_FEATURES"] = "X86_V4"
warnings.simplefilter("ignore")

import hpgeom  # noqa: E402
from lsst.sphgeom import (  # noqa: E402
    Angle,
    AngleInterval,
    Box,
    Circle,
    ConvexPolygon,
    HealpixPixelization,
    LonLat,
    NormalizedAngle,
    NormalizedAngleInterval,
    Region,
    UnitVector3d,
)
from shapes import Shapes, add  # noqa: E402

PIXELS = [HealpixPixelization(level) for level in range(18)]
# The oracle lists single pixels of a level that is four higher; this bounds how many.
MOST_FINE_PIXELS = 40_000


def vector(theta, phi):
    """A point by colatitude and longitude; hpgeom gives some of the latter that are a little above 2π."""
    return UnitVector3d(*hpgeom.angle_to_vector(theta, phi % (2 * math.pi), lonlat=False))


def vec(v):
    return struct.pack("<3d", v.x(), v.y(), v.z()).hex()


def attempt(f):
    try:
        return f()
    except (RuntimeError, ValueError, TypeError):
        return "!"


def ranges(rs):
    return ",".join(f"{b}:{e}" for b, e in rs) or "-"


def extent(region):
    """Area over that of the sphere and length of the border in radians, or more of both."""
    try:
        radius = region.getBoundingCircle().getOpeningAngle().asRadians()
    except RuntimeError:
        return 1.0, 6.0
    radius = min(max(radius, 0.0), math.pi)
    area = 0.5 * (1 - math.cos(radius))
    if isinstance(region, Box) and not region.isEmpty():
        lat = region.getLat()
        height = math.sin(lat.getB().asRadians()) - math.sin(lat.getA().asRadians())
        area = min(area, region.getWidth().asRadians() * height / (4 * math.pi))
    return area, 6.0 * radius


def max_level(region):
    area, border = extent(region)
    level = 17
    while level > 0 and 12 * 4 ** (level + 4) * area + 2 ** (level + 4) * border > MOST_FINE_PIXELS:
        level -= 1
    return level


class Writer:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.shapes = Shapes(self.rng)

    def some_pixel(self):
        """Any pixel of any level, often the first or last of its face, which for most faces is the one at a pole."""
        level = self.rng.randint(0, 17)
        face = self.rng.randrange(12) * 4**level
        return level, face + self.rng.choice([self.rng.randrange(4**level), 0, 4**level - 1])

    def special_point(self):
        """A corner, a point of an edge, or the middle of a pixel, or beside one."""
        level, i = self.some_pixel()
        steps = self.rng.choice([1, 1, 4])
        theta, phi = hpgeom.boundaries(2**level, i, step=steps, lonlat=False)
        k = self.rng.randrange(len(theta))
        if self.rng.random() < 0.3:
            theta, phi, k = *([a] for a in hpgeom.pixel_to_angle(2**level, i, lonlat=False)), 0
        v = vector(theta[k], phi[k])
        return v if self.rng.random() < 0.7 else add(v, self.shapes.direction(), 10 ** self.rng.uniform(-16, -6))

    def beside_pole(self):
        rng = self.rng
        x, y = (rng.choice([0.0, -0.0, 10 ** rng.uniform(-17, -1), -(10 ** rng.uniform(-17, -1))]) for _ in "xy")
        return UnitVector3d(x, y, rng.choice([1.0, -1.0]))

    def point(self):
        kind = self.rng.random()
        if kind < 0.1:
            return self.beside_pole()
        return self.special_point() if kind < 0.5 else self.shapes.point()

    def pixel_like(self):
        """A polygon through the corners of a pixel, or the pixel itself."""
        level, i = self.some_pixel()
        if self.rng.random() < 0.5:
            return PIXELS[level].pixel(i)
        theta, phi = hpgeom.boundaries(2**level, i, step=1, lonlat=False)
        return ConvexPolygon([vector(t, p) for t, p in zip(theta, phi)])

    def bent_polygon(self):
        """A polygon with a corner that is nearly straight, or with a last vertex beside the first."""
        rng = self.rng
        vertices = list(self.shapes.patch().getVertices())
        a, b = vertices[-1], vertices[0]
        if rng.random() < 0.5:
            out = UnitVector3d.orthogonalTo(b, a)
            vertices.append(add(add(a, b, rng.uniform(0.5, 2)), out, 10 ** rng.uniform(-12, -8)))
        else:
            vertices.append(add(b, self.shapes.direction(), 10 ** rng.uniform(-17, -12)))
        return Region.decode(b"p" + b"".join(bytes.fromhex(vec(v)) for v in vertices))

    def special_circle(self):
        level, i = self.some_pixel()
        if self.rng.random() < 0.2:
            return Circle(self.rng.choice([self.beside_pole(), self.special_point()]), Angle(0.0))
        if self.rng.random() < 0.4:  # Around the middle of a pixel through that of another.
            j = self.rng.choice([i ^ 1, i ^ 2, i ^ 3, self.rng.randrange(12 * 4**level)])
            a, b = (vector(*hpgeom.pixel_to_angle(2**level, k, lonlat=False)) for k in (i, j))
            return Circle(a, Angle(NormalizedAngle(a, b).asRadians()))
        radius = hpgeom.max_pixel_radius(2**level, degrees=False) * self.rng.choice([1.0, 0.5, 2.0, 1 + 1e-15, 1e-8])
        return Circle(self.special_point(), Angle(radius))

    def special_box(self):
        """A box with borders where pixels have theirs, at poles, or at longitude 0."""
        rng = self.rng
        half = 0.5 * math.pi
        a, b = LonLat(self.special_point()), LonLat(self.point())
        lat = [a.getLat().asRadians(), rng.choice([b.getLat().asRadians(), half, -half, 0.0, math.asin(2 / 3)])]
        lon = [a.getLon().asRadians(), rng.choice([b.getLon().asRadians(), 0.0, 2 * math.pi, math.pi, 1e-12])]
        rng.shuffle(lon)
        if rng.random() < 0.1:  # Hardly any width, or hardly less than all longitudes.
            lon[1] = (lon[0] + rng.choice([-1, 1]) * 10 ** rng.uniform(-16, -13)) % (2 * math.pi)
        elif rng.random() < 0.6:  # Narrow, often at a pole.
            s = 10 ** rng.uniform(-7, 0)
            lat[0] = rng.choice([lat[0], half, -half, rng.choice([half, -half]) * (1 - 10 ** rng.uniform(-16, -1))])
            lat[1] = max(-half, min(half, lat[0] + s * rng.choice([1, -1])))
            lon[1] = (lon[0] + s * rng.uniform(0, 5)) % (2 * math.pi)
        return Box(NormalizedAngleInterval.fromRadians(*lon), AngleInterval.fromRadians(*sorted(lat)))

    def some_region(self):
        kind = self.rng.randrange(13)
        if kind == 12:
            return self.bent_polygon()
        if kind == 0:
            return self.pixel_like()
        if kind == 1:
            return self.special_circle()
        if kind in (2, 3):
            return self.special_box()
        if kind == 4:
            return self.shapes.odd_polygon()
        if kind == 5:
            return self.shapes.patch()
        if kind == 6:
            return self.shapes.box()
        return self.shapes.region()

    def region(self):
        """G level region envelope interior."""
        if self.rng.random() < 0.3:
            self.shapes.new_cluster()
        r = self.some_region()
        encoded = r.encode().hex()
        # The oracle must not list all pixels of a fine level if a damaged polygon turns out to have them all.
        odd = isinstance(r, ConvexPolygon) and attempt(lambda: r == ConvexPolygon(r.getVertices())) is not True
        top = 3 if odd else max_level(r)
        level = self.rng.choice([top, self.rng.randint(0, top), self.rng.randint(0, top)])
        p = PIXELS[level]
        print("G", level, encoded, attempt(lambda: ranges(p.envelope(r))), attempt(lambda: ranges(p.interior(r))))

    def index(self):
        """I level vector index."""
        v, level = self.point(), self.rng.randint(0, 17)
        print("I", level, vec(v), PIXELS[level].index(v))

    def pixel(self):
        """P level index polygon name."""
        level, i = self.some_pixel()
        if self.rng.random() < 0.02:
            i = 12 * 4**level + self.rng.randrange(3)
        print("P", level, i, attempt(lambda: PIXELS[level].pixel(i).encode().hex()), PIXELS[level].toString(i))


def main():
    writer = Writer(int(sys.argv[1]))
    for level in range(18):
        print("U", level, ranges(PIXELS[level].universe()))
    for _ in range(int(sys.argv[2])):
        writer.region()
        for _ in range(3):
            writer.index()
        writer.pixel()


main()
