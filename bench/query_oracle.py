"""The Python Butler's side of bench/latency: makes the queries, and measures what they cost in its process.

    python bench/query_oracle.py REPO queries          one JSON object a line: {"name", "tree", "spec", "repeat"}
    python bench/query_oracle.py REPO measure          the same queries: {"name", "rows", "cpu_ms", "wall_ms"}
"""

from __future__ import annotations

import json
import sys
import time

from lsst.daf.butler import Butler

RUNS = "HSC/runs/PDR/w_2026_40"


def queries(butler):
    """Name, function from a Query to results, and how often it is asked."""
    tract, patch = 9000, 40
    with butler.query() as query:
        records = list(query.dimension_records("patch").limit(1))
        tract, patch, skymap = records[0].tract, records[0].id, records[0].skymap
        visit = next(iter(query.dimension_records("visit").limit(1))).id
        region = records[0].region
    center = region.getBoundingCircle().getCenter()
    import lsst.sphgeom

    lonlat = lsst.sphgeom.LonLat(center)
    ra, dec = lonlat.getLon().asDegrees(), lonlat.getLat().asDegrees()
    return [
        ("find one dataset", lambda q: q.datasets("deepCoadd_calexp", RUNS).where(
            skymap=skymap, tract=tract, patch=patch, band="i"), 2000),
        ("datasets of a visit", lambda q: q.datasets("calexp", RUNS).where(instrument="HSC", visit=visit), 400),
        ("point: coadds", lambda q: q.datasets("deepCoadd_calexp", RUNS).where(
            f"patch.region OVERLAPS POINT({ra}, {dec}) AND band = 'i' AND skymap = '{skymap}'"), 400),
        ("circle: coadds", lambda q: q.datasets("deepCoadd_calexp", RUNS).where(
            f"patch.region OVERLAPS CIRCLE({ra}, {dec}, 0.5) AND skymap = '{skymap}'"), 100),
        ("circle: calexps", lambda q: q.datasets("calexp", RUNS).where(
            f"visit_detector_region.region OVERLAPS CIRCLE({ra}, {dec}, 0.3) AND instrument = 'HSC'"), 100),
        ("calexps on a patch", lambda q: q.datasets("calexp", RUNS).where(
            instrument="HSC", skymap=skymap, tract=tract, patch=patch), 200),
        ("100k refs", lambda q: q.datasets("deepCoadd_calexp", RUNS, find_first=False), 1),
        ("100k refs with records", lambda q: q.datasets("calexp", RUNS, find_first=False).with_dimension_records(), 1),
        ("find first of 100k", lambda q: q.datasets("deepCoadd_calexp", RUNS), 1),
        ("wide join: visit x patch", lambda q: q.join_dimensions(["visit", "patch"]).where(
            instrument="HSC", skymap=skymap).data_ids(["visit", "patch"]), 1),
        ("wide join: visit, detector x patch", lambda q: q.join_dimensions(["visit", "detector", "patch"]).where(
            instrument="HSC", skymap=skymap).data_ids(["visit", "detector", "patch"]), 1),
    ]


def main(repo: str, what: str) -> None:
    butler = Butler.from_config(repo)
    for name, make, repeat in queries(butler):
        with butler.query() as query:
            results = make(query)
            tree, spec = results._tree, results._spec
            if what == "queries":
                line = {"name": name, "tree": tree.model_dump(mode="json"), "spec": spec.model_dump(mode="json"), "repeat": repeat}
                print(json.dumps(line), flush=True)
                continue
            repeat = max(1, repeat // 50)
            rows = 0
            start, cpu = time.perf_counter(), time.process_time()
            for _ in range(repeat):
                rows = sum(1 for _ in results)
            cpu, wall = time.process_time() - cpu, time.perf_counter() - start
            answer = {"name": name, "rows": rows, "cpu_ms": cpu / repeat * 1000, "wall_ms": wall / repeat * 1000}
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
