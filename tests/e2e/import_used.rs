//! The Python Butler works with a repository that an import filled: it opens it writeable, queries, gets and puts.

use std::path::Path;

use pantry_testkit::{fixture, oracle};
use serde_json::{Value, json};

use crate::import_many::Place;
use crate::import_setup::{Scratch, import};

/// Opens a repository with `oracle-mini` in it, gets, queries and puts.
pub const USE: &str = r#"
import absent, json, sys
absent.install()
import astropy.time
from lsst.daf.butler import Butler, DatasetType, Timespan
with Butler.from_config(sys.argv[1], writeable=True) as butler:
    found = {}
    patch = {"skymap": "tiny", "tract": 0, "patch": 1}
    found["rows"] = len(butler.get("catalog", patch, collections="chain/all"))
    found["run"] = butler.find_dataset("catalog", patch, collections="chain/all").run
    found["summary"] = sorted(butler.get("summary", collections="runs/first"))
    found["header"] = type(butler.get("header", instrument="Cam", exposure=11, detector=2, collections="runs/first")).__name__
    found["packages"] = type(butler.get("packages", collections="runs/first")).__name__
    found["refcat"] = len(butler.get("refcat", htm7=254018, collections="runs/first"))
    found["span"] = butler.get("span", instrument="Cam", exposure=11, collections="runs/first").isEmpty()
    late = astropy.time.Time("2026-10-02T00:00:00", scale="tai")
    found["gain"] = str(butler.find_dataset("gain", instrument="Cam", detector=0, collections="calib/certified",
                                            timespan=Timespan(late, late + 1e-9)).id)
    found["visits"] = sorted(r.id for r in butler.query_dimension_records("visit", where="band = 'g'", instrument="Cam"))
    found["overlap"] = sorted({d["visit"] for d in butler.query_data_ids(["visit", "patch"], instrument="Cam", skymap="tiny")})
    found["tagged"] = [str(r.id) for r in butler.query_datasets("catalog", collections="tagged/chosen")]
    butler.collections.register("runs/new")
    new = butler.put({"a": 1}, "summary", run="runs/new")
    found["put"] = butler.get("summary", collections="runs/new")
    butler.registry.registerDatasetType(DatasetType("later", ["instrument"], "StructuredDataDict", universe=butler.dimensions))
    butler.put({"b": 2}, "later", instrument="Cam", run="runs/new")
    butler.registry.certify("calib/certified", [butler.find_dataset("gain", instrument="Cam", detector=1, collections="calib/run")],
                            Timespan(late, None))
    print(json.dumps(found))
"#;

fn is_used(place: &Place, scratch: &Scratch) {
    let source = fixture("oracle-mini");
    for mode in ["copy", "direct"] {
        let repo = place.create(scratch, mode);
        let _ = import(&repo, &source, &["--transfer", mode]).ok();
        let found: Value = oracle::json(USE, [&repo]);
        assert_eq!(found, expected(&found), "{mode}");
        let said = import(&repo, &source, &["--transfer", mode]).ok();
        assert!(said.starts_with("nothing to do"), "{said}");
    }
}

/// What [`USE`] has to find; what it found beside that is taken as it is.
pub fn expected(found: &Value) -> Value {
    json!({
        "rows": rows_of(&fixture("oracle-mini")), "run": "runs/second",
        "summary": ["answer", "list", "text"], "header": "dict", "packages": "Packages",
        "refcat": found["refcat"], "span": false, "gain": "01a0c450-6c0f-7571-ac30-7511b2b9437a",
        "visits": [11], "overlap": [11, 12], "tagged": ["01a0c450-6c01-7064-9c80-317fa3b1799d"], "put": {"a": 1},
    })
}

/// Rows of the file that the search in the chain must find, read without a Butler.
fn rows_of(source: &Path) -> Value {
    let file = source.join("runs/second/catalog/0/1/catalog_0_1_tiny_runs_second.parq");
    let code = "import pyarrow.parquet as p, sys; print(p.read_metadata(sys.argv[1]).num_rows)";
    oracle::json(code, [file])
}

#[test]
fn in_sqlite() {
    let scratch = Scratch::new();
    is_used(&Place::sqlite(&scratch), &scratch);
}

#[test]
fn in_postgresql() {
    is_used(&Place::postgresql(), &Scratch::new());
}
