"""Writes one table of files in every format that the Butler reads: `write_tables.py FOLDER`.

FOLDER/table.{ecsv,fits,parquet,csv} and others that are like them; FOLDER/files/{0,1}.parq are what they name.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.table import Table


def main(folder: Path) -> None:
    warnings.simplefilter("ignore")
    (folder / "files").mkdir(parents=True)
    for i in range(2):
        (folder / f"files/{i}.parq").write_text(f"file {i}\n")
    table = Table({"file": ["files/0.parq", "files/1.parq"], "skymap": ["tiny", "tiny"],
                   "tract": np.array([0, 0], "i4"), "patch": np.array([0, 1], "i2"), "note": ["a b", 'c "d"'],
                   "vector": np.zeros((2, 3))})
    for ending in ("ecsv", "fits", "parquet"):
        table.write(folder / f"table.{ending}")
    plain = table["file", "skymap", "tract", "patch", "note"]
    plain.write(folder / "table.csv")
    plain.write(folder / "comma.ecsv", delimiter=",")
    fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(np.zeros((3, 3))), fits.TableHDU.from_columns([
        fits.Column("file", "A20", array=plain["file"]), fits.Column("skymap", "A8", array=plain["skymap"]),
        fits.Column("tract", "I4", array=plain["tract"]), fits.Column("patch", "I4", array=plain["patch"])])]
    ).writeto(folder / "ascii.fits")
    # Known by their content.
    (folder / "fits.dat").write_bytes((folder / "table.fits").read_bytes())
    (folder / "parquet.dat").write_bytes((folder / "table.parquet").read_bytes())
    unsigned = table["file", "skymap", "tract", "patch"]
    unsigned["tract"] = unsigned["tract"].astype("u8")
    unsigned["patch"] = unsigned["patch"].astype("u1")
    for ending in ("ecsv", "fits", "parquet"):
        unsigned.write(folder / f"unsigned.{ending}")
    (folder / "blanks.csv").write_text(' file , skymap,tract ,patch\r\n\r\n files/0.parq ,"tiny" , 00 ,+0\r\n'
                                       "files/1.parq,tiny,0,01\r\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
