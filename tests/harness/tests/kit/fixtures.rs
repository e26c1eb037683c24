//! The fixtures are what their README says, as the Python Butler and astropy see them.

use std::ffi::OsStr;
use std::path::Path;

use pantry_testkit::{fixture, oracle};
use serde_json::json;

fn import(repo: &Path, name: &str) {
    oracle::create(repo);
    let export = fixture(name);
    let args = [OsStr::new("import"), repo.as_os_str(), export.as_os_str()];
    let _ = oracle::butler(
        args.into_iter()
            .chain(["--transfer", "copy"].map(OsStr::new)),
    )
    .ok();
}

/// Every dataset can be read, and has the Python type of its storage class.
#[test]
fn the_oracle_reads_all_of_oracle_mini() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let repo = folder.path().join("repo");
    import(&repo, "oracle-mini");
    let code = "
import json, sys
from collections import Counter
from lsst.daf.butler import Butler
found = Counter()
with Butler.from_config(sys.argv[1]) as butler:
    for run in butler.collections.query('*'):
        for kind in butler.registry.queryDatasetTypes():
            for ref in butler.query_datasets(kind, run, find_first=False, explain=False, limit=None):
                if ref.run == run:
                    cls = type(butler.get(ref))
                    found[cls.__module__.split('.')[0] + '.' + cls.__name__] += 1
print(json.dumps(found))";
    let expected = json!({
        "astropy.Table": 5, "pyarrow.Table": 1, "numpy.recarray": 2, "numpy.ndarray": 3, "builtins.dict": 4,
        "builtins.list": 1, "builtins.int": 1, "lsst.Timespan": 1, "lsst.Packages": 1, "lsst.ButlerLogRecords": 1,
    });
    assert_eq!(oracle::json(code, [&repo]), expected);
}

/// Patch regions, sky map, WCS and catalogue positions agree: objects lie in their patch, and at their pixels.
#[test]
fn hsc_mini_agrees_with_itself() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let repo = folder.path().join("repo");
    import(&repo, "hsc-mini");
    let code = "
import json, sys, warnings
import numpy as np
from astropy.io import fits
from astropy.wcs import WCS
from lsst.daf.butler import Butler
from lsst.sphgeom import LonLat, UnitVector3d
warnings.simplefilter('ignore')
count, worst, outside = 0, 0.0, 0
with Butler.from_config(sys.argv[1], collections='HSC/runs/mini') as butler:
    for ref in butler.query_datasets('objectTable', explain=False):
        table = butler.get(ref)
        data_id = dict(ref.dataId.mapping)
        region = butler.query_dimension_records('patch', data_id=data_id)[0].region
        for band in 'gri':
            coadd = butler.find_dataset('deepCoadd_calexp', data_id, band=band)
            with fits.open(butler.getURI(coadd).ospath) as hdus:
                assert [h.name for h in hdus] == ['PRIMARY', 'IMAGE', 'MASK', 'VARIANCE']
                assert np.isnan(hdus['IMAGE'].data).any() == (band == 'i')
                header = hdus['IMAGE'].header
                x, y = WCS(header).all_world2pix(table['coord_ra'], table['coord_dec'], 0)
                worst = max(worst, np.abs(x - header['LTV1'] - table['x']).max(),
                            np.abs(y - header['LTV2'] - table['y']).max())
        for ra, dec in table['coord_ra', 'coord_dec']:
            outside += not region.contains(UnitVector3d(LonLat.fromDegrees(ra, dec)))
            count += 1
print(json.dumps([count > 100, bool(worst < 1e-6), outside]))";
    assert_eq!(oracle::json(code, [&repo]), json!([true, true, 0]));
}
