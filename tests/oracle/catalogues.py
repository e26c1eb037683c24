"""Catalogues for `pantry verify-catalogue`, and what is wrong with them.

`catalogues.py make EXPORT FOLDER ENDING...` writes for each ending FOLDER/ENDING-sound and FOLDER/ENDING-damaged: a director
`object/TRACT/PATCH`, a child `forced_TRACT_PATCH` and a child `source/BAND/TRACT_PATCH` of the objects of `hsc-mini`, damaged in
ways that the code names.
`catalogues.py check REPO FOLDER...` reads folders with other programs (pyarrow, astropy, csv) and prints for each what is wrong as
JSON: problem, table, data ID, file, number of ids or rows, ids. Regions come from the Python Butler's registry of REPO.
"""

import collections
import csv
import json
import re
import sys
import warnings
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet as parquet
from astropy.table import Table

SKYMAP = "hsc_rings_mini_v1"
TABLES = {"object": r"object/(?P<tract>\d+)/(?P<patch>\d+)\.", "forced": r"forced_(?P<tract>\d+)_(?P<patch>\d+)\.",
          "source": r"source/(?P<band>\w+)/(?P<tract>\d+)_(?P<patch>\d+)\."}


def write(table: Table, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parq":
        parquet.write_table(pyarrow.table({name: np.asarray(table[name]) for name in table.colnames}), path)
    elif path.suffix == ".fits":
        table.write(path, format="fits")
    else:
        with path.open("w", newline="") as out:
            rows = csv.writer(out, delimiter="\t" if path.suffix == ".tsv" else ",")
            rows.writerow(table.colnames)
            rows.writerows([repr(v) if isinstance(v, float) else v for v in row] for row in
                           zip(*(table[name].tolist() for name in table.colnames)))


def cut(path: Path) -> None:
    """Without its end; of a table of text, without the last field."""
    data = path.read_bytes()
    if path.suffix in (".parq", ".fits"):
        path.write_bytes(data[:len(data) * 6 // 10])
    else:
        path.write_bytes(data[:data.rindex(b"\t" if path.suffix == ".tsv" else b",")])


def make(folder: Path, ending: str, kind: str, export: Path) -> None:
    objects = {}
    for path in sorted(export.glob("**/objectTable_[0-9]*_[0-9]*.parq")):
        tract, patch = map(int, re.match(r"objectTable_(\d+)_(\d+)_", path.name).groups())
        read = parquet.read_table(path).to_pydict()
        table = Table({name: read[name] for name in ("objectId", "coord_ra", "coord_dec")})
        table["flux"] = np.asarray(read["g_psfFlux"], "f4")
        table["name"] = [f"o{i}" for i in range(len(table))]
        objects[tract, patch] = table
    forced = {key: Table({"objectId": t["objectId"], "forcedFlux": t["flux"] * 2}) for key, t in objects.items()}
    source = {}
    for (tract, patch), table in objects.items():
        for band in "gr":
            # Several rows of each object.
            rows = np.repeat(np.arange(len(table)), 2)
            source[band, tract, patch] = Table({"objectId": table["objectId"][rows], "ra": table["coord_ra"][rows],
                                                "dec": table["coord_dec"][rows], "visit": rows * 7})
    if kind == "damaged":
        forced[9813, 27] = forced[9813, 27][3:]
        forced[9813, 27]["objectId"][-2:] += 1
        for name in ("coord_ra", "coord_dec"):
            objects[9813, 28][name] = np.radians(objects[9813, 28][name])
        first = objects[9813, 36]
        for _ in range(2):
            first.add_row(first[0])
        for row in first[5:7]:
            objects[9813, 37].add_row(row)
        objects[9814, 34]["coord_ra"][3] += 1.0
        objects[9814, 34]["coord_dec"][4] = -5.0
        objects[9814, 34]["coord_ra"][5] = np.nan
        objects[9814, 34]["coord_dec"][6] = 95.0
        forced[9814, 35].remove_column("forcedFlux")
        del forced[9814, 43]
        source["r", 9813, 27] = source["r", 9813, 27][:-6]
        del source["g", 9813, 28]
        source["r", 9814, 35]["ra"][7] = 10.0
    for (tract, patch), table in objects.items():
        write(table, folder / f"object/{tract}/{patch}.{ending}")
    for (tract, patch), table in forced.items():
        write(table, folder / f"forced_{tract}_{patch}.{ending}")
    for (band, tract, patch), table in source.items():
        write(table, folder / f"source/{band}/{tract}_{patch}.{ending}")
    if kind == "damaged":
        cut(folder / f"object/9814/44.{ending}")
        cut(folder / f"source/g/9813_37.{ending}")


def read(path: Path) -> dict[str, list]:
    """All columns; raises if the file is not whole."""
    if path.suffix == ".parq":
        return parquet.read_table(path).to_pydict()
    if path.suffix == ".fits":
        assert path.stat().st_size % 2880 == 0, "no whole number of blocks"
        table = Table.read(path, format="fits")
        return {name: [np.nan if v is None else v for v in table[name].tolist()] for name in table.colnames}
    text = path.read_text()
    rows = list(csv.reader(text.splitlines(), delimiter="\t" if path.suffix == ".tsv" else ","))
    assert all(len(row) == len(rows[0]) for row in rows) and text.endswith("\n")
    columns = dict(zip(rows[0], map(list, zip(*rows[1:]))))
    for name, kind in (("objectId", int), ("coord_ra", float), ("coord_dec", float), ("ra", float), ("dec", float)):
        if name in columns:
            columns[name] = list(map(kind, columns[name]))
    return columns


def regions_of(repo: str) -> dict:
    from lsst.daf.butler import Butler
    records = Butler.from_config(repo).query_dimension_records("patch", skymap=SKYMAP, limit=None)
    return {(r.tract, r.id): r.region for r in records}


def check(folder: Path, regions: dict) -> list:
    from lsst.sphgeom import LonLat, UnitVector3d
    found, ids, names, holders = [], {}, {}, collections.defaultdict(list)
    for path in sorted(p for p in folder.rglob("*.*") if p.is_file()):
        name = str(path.relative_to(folder))
        table, match = next((t, m) for t, pattern in TABLES.items() if (m := re.match(pattern, name)))
        tract, patch, band = int(match["tract"]), int(match["patch"]), match.groupdict().get("band")
        data_id = f"tract={tract}, patch={patch}" + (f", band={band}" if band else "")
        try:
            columns = read(path)
        except Exception:
            found.append(["unreadable", table, data_id, name, None, []])
            ids[table, tract, patch, band] = (None, name, data_id)
            continue
        names[name] = (table, data_id, list(columns))
        mine = columns["objectId"]
        ids[table, tract, patch, band] = (set(mine), name, data_id)
        if table == "object":
            twice = [i for i, n in collections.Counter(mine).items() if n > 1]
            if twice:
                found.append(["repeated-id", table, data_id, name, len(twice), twice])
            for i in set(mine):
                holders[i].append((name, data_id))
        ra, dec = columns.get("coord_ra", columns.get("ra")), columns.get("coord_dec", columns.get("dec"))
        if ra is not None:
            contains = lambda a, d: regions[tract, patch].contains(UnitVector3d(LonLat.fromDegrees(a, d)))
            rows = list(zip(mine, ra, dec))
            valid = [(i, a, d) for i, a, d in rows if -180 <= a <= 360 and -90 <= d <= 90]
            bad = [i for i, a, d in rows if not (-180 <= a <= 360 and -90 <= d <= 90)]
            outside = [(i, a, d) for i, a, d in valid if not contains(a, d)]
            radians = [i for i, a, d in outside if abs(a) <= 2 * np.pi and abs(d) <= np.pi / 2
                       and contains(np.degrees(a), np.degrees(d))]
            if bad:
                found.append(["bad-position", table, data_id, name, len(bad), bad])
            if 2 * len(radians) > len(valid):
                found.append(["radians", table, data_id, name, len(radians), []])
            elif outside:
                found.append(["outside", table, data_id, name, len(outside), [i for i, _, _ in outside]])
    for table in TABLES:
        usual = collections.Counter(tuple(c) for t, _, c in names.values() if t == table).most_common(1)[0][0]
        found += [["columns", t, d, name, None, []] for name, (t, d, c) in names.items() if t == table and tuple(c) != usual]
    shared = collections.defaultdict(list)
    for i, files in holders.items():
        if len(files) > 1:
            for file in files:
                shared[file].append(i)
    found += [["shared-id", "object", data_id, name, len(some), some] for (name, data_id), some in shared.items()]
    for table, bands in (("forced", [None]), ("source", ["g", "r"])):
        for (kind, tract, patch, _), (theirs, _, _) in [item for item in ids.items() if item[0][0] == "object"]:
            for band in bands:
                if (table, tract, patch, band) not in ids:
                    data_id = f"tract={tract}, patch={patch}" + (f", band={band}" if band else "")
                    found.append(["missing-file", table, data_id, None, None, []])
                    continue
                ours, name, data_id = ids[table, tract, patch, band]
                if ours is None or theirs is None:
                    continue
                for problem, some in (("missing-id", theirs - ours), ("extra-id", ours - theirs)):
                    if some:
                        found.append([problem, table, data_id, name, len(some), list(some)])
    return found


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    match sys.argv[1:]:
        case ["make", export, folder, *endings]:
            for ending in endings:
                for kind in ("sound", "damaged"):
                    make(Path(folder) / f"{ending}-{kind}", ending, kind, Path(export))
        case ["check", repo, *folders]:
            regions = regions_of(repo)
            print(json.dumps([check(Path(folder), regions) for folder in folders]))
