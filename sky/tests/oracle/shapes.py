"""Random and adversarial shapes on the sphere, made with lsst.sphgeom."""

import math
import struct

from lsst.sphgeom import (
    Angle,
    AngleInterval,
    Box,
    Circle,
    ConvexPolygon,
    Ellipse,
    HtmPixelization,
    IntersectionRegion,
    LonLat,
    NormalizedAngleInterval,
    Region,
    UnionRegion,
    UnitVector3d,
)

AXES = [UnitVector3d(*v) for v in ((1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1))]


def add(u, v, s):
    """The direction of u + s v."""
    return UnitVector3d(u.x() + s * v.x(), u.y() + s * v.y(), u.z() + s * v.z())


class Shapes:
    """Makes shapes in clusters that share a center and a scale, so that pairs of them touch often."""

    def __init__(self, rng):
        self.rng = rng
        self.new_cluster()

    def new_cluster(self):
        rng = self.rng
        self.center = self.some_center()
        self.scale = rng.choice([rng.uniform(0.0, 1.6), 10 ** rng.uniform(-3, 0), 10 ** rng.uniform(-9, -2)])
        if rng.random() < 0.4:  # The size of a detector, a patch or a tract.
            self.scale = math.radians(rng.choice([0.01, 0.1, 0.2, 0.25, 1.7, 3.5]))
        self.points = []

    def direction(self):
        rng = self.rng
        return UnitVector3d(rng.gauss(0, 1), rng.gauss(0, 1), rng.gauss(0, 1))

    def some_center(self):
        rng = self.rng
        kind = rng.randrange(8)
        if kind == 0:
            return rng.choice(AXES)
        if kind == 1:  # Beside an axis or pole.
            return add(rng.choice(AXES), self.direction(), 10 ** rng.uniform(-16, -1))
        if kind == 2:  # On the meridian of longitude 0 or beside it.
            lon = rng.choice([0.0, 1e-15, 2 * math.pi, 2 * math.pi - 1e-12, rng.uniform(-0.01, 0.01)])
            return UnitVector3d(LonLat.fromRadians(lon, rng.uniform(-1.57, 1.57)))
        if kind == 3:  # A vertex of a trixel.
            return rng.choice(self.trixel().getVertices())
        if kind == 4:  # On the equator.
            return UnitVector3d(LonLat.fromDegrees(rng.choice([rng.uniform(0, 360), 90.0, 180.0, 270.0]), 0.0))
        return self.direction()

    def trixel(self, max_level=9):
        level = self.rng.randint(0, max_level)
        return HtmPixelization.triangle(self.rng.randrange(8 << 2 * level, 16 << 2 * level))

    def point(self):
        """A point of the cluster, sometimes one that was given before, its antipode, or a double away from it."""
        rng = self.rng
        r = rng.random()
        if self.points and r < 0.25:
            p = rng.choice(self.points)
            if r < 0.05:
                p = UnitVector3d(math.nextafter(p.x(), rng.choice([-2, 2])), p.y(), p.z())
            elif r < 0.06:
                p = -p
            return p
        if r < 0.35 and len(self.points) > 1:
            a, b = rng.sample(self.points, 2)
            try:
                return add(a, b, rng.choice([1.0, rng.random()]))
            except RuntimeError:
                return a
        p = add(self.center, self.direction(), self.scale * rng.choice([1.0, rng.random()]))
        self.points.append(p)
        return p

    def angle(self):
        rng = self.rng
        return rng.choice(
            [
                self.scale,
                self.scale * rng.uniform(0, 2),
                self.scale * rng.uniform(0, 0.2),
                rng.choice([0.0, -1.0, 1e-16, 1e-9, 0.5 * math.pi, math.pi, math.pi - 1e-9, 4.0, 1.5, 3.0]),
            ]
        )

    def polygon(self):
        rng = self.rng
        while True:
            kind = rng.randrange(10)
            if kind == 0:
                return self.trixel()
            if kind in (1, 2):
                return self.patch()
            points = [self.point() for _ in range(rng.choice([3, 4, 4, 5, 8, 20]))]
            if kind == 3:
                points += [rng.choice(points) for _ in range(2)]
            try:
                return ConvexPolygon(points)
            except (ValueError, RuntimeError):
                self.new_cluster()

    def patch(self):
        """A quadrangle like a detector or a patch, of a grid around the center so that neighbours share vertices."""
        rng = self.rng
        north = UnitVector3d.northFrom(self.center)
        east = UnitVector3d.orthogonalTo(north, self.center)
        i, j = rng.randint(-2, 2), rng.randint(-2, 2)
        s = min(self.scale, 0.2) + 1e-9

        def corner(a, b):
            return add(add(self.center, east, a * s), north, b * s)

        return ConvexPolygon([corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)])

    def odd_polygon(self):
        """A polygon that can be decoded but not built: clockwise, crossing, repeated, coplanar or scaled vertices."""
        rng = self.rng
        vs = [[p.x(), p.y(), p.z()] for p in self.polygon().getVertices()]
        kind = rng.randrange(9)
        if kind == 0:
            vs.reverse()
        elif kind == 1:
            rng.shuffle(vs)
        elif kind == 2:
            vs.insert(1, list(vs[0]))
        elif kind == 3:
            vs = [[c * 10 ** rng.uniform(-3, 3) for c in v] for v in vs]
        elif kind == 4:
            vs += [[-c for c in vs[0]]]
        elif kind == 5:  # Twice around.
            vs = vs * 2
        elif kind == 6:  # All on one great circle.
            axis = rng.randrange(3)
            vs = [[0.0 if i == axis else c for i, c in enumerate(v)] for v in vs]
            vs = [[c / (math.hypot(*v) or 1.0) for c in v] for v in vs]
        elif kind == 7:  # A star.
            vs = vs[::2] + vs[1::2]
        else:
            vs = [[c * rng.uniform(0.9999999, 1.0000001) for c in v] for v in vs]
        return Region.decode(b"p" + b"".join(struct.pack("<3d", *v) for v in vs))

    def circle(self):
        kind = self.rng.randrange(12)
        if kind == 0:
            return self.rng.choice([Circle(), Circle.empty(), Circle.full(), Circle(self.point())])
        if kind == 1:
            return Circle(self.point(), self.rng.choice([0.0, 2.0, 4.0, 5.0, -1.0, 1e-30, 2e-15, self.scale**2]))
        if kind == 2:
            try:
                return self.polygon().getBoundingCircle()
            except RuntimeError:  # The polygon is too small for its edges' normals.
                return Circle(self.point())
        if kind == 3:  # Through a point of the cluster, or the complement of a circle.
            a, b = self.point(), self.point()
            self.points += [b] * 20
            return Circle(a, sum((x - y) ** 2 for x, y in zip((a.x(), a.y(), a.z()), (b.x(), b.y(), b.z()))))
        if kind == 4:
            return Circle(self.point(), Angle(self.angle())).complemented()
        return Circle(self.point(), Angle(self.angle()))

    def box(self):
        rng = self.rng
        kind = rng.randrange(12)
        if kind == 0:
            return rng.choice([Box(), Box.full(), Box(LonLat(self.point()))])
        if kind == 1:
            return self.polygon().getBoundingBox()
        if kind == 2:
            lat = sorted(rng.choice([-0.5 * math.pi, 0.5 * math.pi, 0.0, rng.uniform(-1.6, 1.6)]) for _ in "ab")
            lon = rng.choice([(0.0, 2 * math.pi), (rng.uniform(0, 6.28), rng.uniform(0, 6.28))])
            return Box(NormalizedAngleInterval.fromRadians(*lon), AngleInterval.fromRadians(*lat))
        if kind == 3:
            a, b = LonLat(self.point()), LonLat(self.point())
            return Box(a, b)
        if kind == 4:
            return Circle(self.point(), Angle(self.angle())).getBoundingBox()
        return Box(LonLat(self.point()), Angle(self.angle()), Angle(self.angle()))

    def ellipse(self):
        rng = self.rng
        while True:
            try:
                kind = rng.randrange(8)
                if kind == 0:
                    return rng.choice([Ellipse(), Ellipse.empty(), Ellipse.full(), Ellipse(self.point())])
                if kind == 1:
                    return Ellipse(self.circle())
                if kind in (2, 3, 4):
                    return Ellipse(self.point(), self.point(), Angle(self.angle()))
                alpha = rng.choice([self.angle(), 0.5 * math.pi, rng.uniform(1.6, 3.2)])
                beta = rng.choice([alpha, alpha * rng.random(), rng.uniform(1.6, 3.2), 0.5 * math.pi])
                return Ellipse(self.point(), Angle(alpha), Angle(beta), Angle(rng.uniform(-7, 7)))
            except ValueError:
                continue

    def simple(self):
        kind = self.rng.randrange(11)
        if kind < 4:
            return self.polygon()
        if kind < 6:
            return self.circle()
        if kind < 8:
            return self.box()
        if kind < 10:
            return self.ellipse()
        return self.odd_polygon()

    def region(self, depth=0):
        rng = self.rng
        if depth < 2 and rng.random() < (0.2 if depth == 0 else 0.3):
            operands = [self.region(depth + 1) for _ in range(rng.choice([0, 1, 2, 2, 3, 4]))]
            return rng.choice([UnionRegion, IntersectionRegion])(*operands)
        return self.simple()
