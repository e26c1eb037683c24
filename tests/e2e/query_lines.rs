//! The command lines that the query tests compare. `HSC` and `MINI` stand for the repositories of the fixtures.

/// Whatever the database is; the reference defines the order of all rows.
pub const DATASETS: [&str; 50] = [
    "query-datasets HSC",
    "query-datasets MINI",
    "query-datasets HSC * --collections HSC/runs/mini",
    "query-datasets HSC deepCoadd_calexp --find-first --collections HSC/runs/mini",
    "query-datasets HSC deepCoadd_calexp --collections HSC/runs/mini",
    "query-datasets HSC calexp --collections HSC/tagged/best-seeing,HSC/runs/mini",
    "query-datasets HSC calexp --collections HSC/tagged/best-seeing --collections HSC/runs/mini --find-first",
    "query-datasets HSC calexp --order-by -visit,detector",
    "query-datasets HSC calexp --order-by -visit.timespan.begin,-detector.full_name",
    "query-datasets HSC calexp --order-by visit.exposure_time,visit,-detector --show-uri",
    "query-datasets HSC raw --order-by exposure.timespan.end,-detector",
    "query-datasets HSC raw --order-by run,-exposure,detector --limit 3",
    "query-datasets HSC raw --order-by -exposure,detector --limit -3",
    "query-datasets HSC raw --order-by day_obs.timespan.begin --order-by exposure,detector",
    "query-datasets HSC raw --order-by ingest_date,exposure,detector",
    "query-datasets HSC raw --order-by collection,exposure,detector",
    "query-datasets HSC deepCoadd_calexp --order-by collection,tract,patch,band --collections HSC/runs/mini",
    "query-datasets HSC deepCoadd_calexp --order-by -collection,tract,-patch.cell_x,patch,band --find-first \
     --collections HSC/runs/mini",
    "query-datasets HSC bias --order-by bias.timespan.begin,detector --collections HSC/calib",
    "query-datasets HSC bias --order-by bias.timespan.end,detector,run",
    "query-datasets HSC raw,bias --limit -20",
    "query-datasets HSC raw,bias,calexp --limit 0",
    "query-datasets HSC --show-uri",
    "query-datasets MINI --show-uri",
    "query-datasets MINI catalog --find-first --collections chain/all --show-uri",
    "query-datasets MINI gain --collections calib/certified",
    "query-datasets MINI refcat",
    "query-datasets MINI summary --limit 1",
    "query-datasets MINI ?atalog,[cd]ount --collections runs/*",
    "query-datasets MINI catalog count --no-find-first",
    // Nothing found, in all the ways there are.
    "query-datasets HSC nosuch",
    "query-datasets HSC nosuch*",
    "query-datasets HSC nosuch --collections nope",
    "query-datasets HSC calexp,nosuch",
    "query-datasets HSC calexp.wcs",
    "query-datasets HSC cal* --collections skymaps",
    "query-datasets HSC calexp --collections skymaps",
    "query-datasets HSC calexp --collections nope*",
    "query-datasets MINI visit_log",
    "query-datasets MINI visit_log --limit 0",
    // Errors.
    "query-datasets HSC calexp --collections nope",
    "query-datasets HSC bias --find-first",
    "query-datasets HSC calexp* --order-by visit",
    "query-datasets HSC calexp --order-by timespan.begin",
    "query-datasets HSC raw --order-by id",
    "query-datasets HSC raw --order-by timespan",
    "query-datasets HSC raw --order-by visit.exposure_time",
    "query-datasets HSC raw --order-by exposure.has_simulated,nosuch",
    "query-datasets HSC calexp --offset 3",
    "query-datasets MINI catalog.x,count",
];

/// Dataset types, whatever the database is.
pub const DATASET_TYPES: [&str; 12] = [
    "query-dataset-types HSC",
    "query-dataset-types HSC -v",
    "query-dataset-types MINI --verbose",
    "query-dataset-types MINI c*,gain count",
    "query-dataset-types MINI nosuch",
    "query-dataset-types MINI nosuch* -v",
    "query-dataset-types MINI catalog.x",
    "query-dataset-types MINI --collections chain/inner",
    "query-dataset-types MINI --collections tagged/*",
    "query-dataset-types MINI --collections nope*",
    "query-dataset-types MINI --collections nope",
    "query-dataset-types HSC *Table* --collections HSC/runs/mini",
];

/// Collections in an order that the reference makes.
pub const COLLECTIONS: [&str; 22] = [
    "query-collections HSC",
    "query-collections MINI -t",
    "query-collections HSC --chains table",
    "query-collections MINI --chains TABLE -t",
    "query-collections HSC --chains Inverse-Table",
    "query-collections MINI --chains INVERSE-TABLE -t",
    "query-collections MINI --chains inverse-tree",
    "query-collections HSC --chains inverse-tree -t",
    "query-collections HSC HSC/runs/mini --chains flatten",
    "query-collections MINI chain/all,runs/first --chains flatten -t",
    "query-collections HSC skymaps HSC/raw/all --chains no-children -t",
    "query-collections MINI runs/* --chains table",
    "query-collections MINI calib/run --chains inverse-table",
    "query-collections MINI --collection-type RUN",
    "query-collections MINI --collection-type run --collection-type TAGGED --chains inverse-tree",
    "query-collections MINI --collection-type chained --chains flatten",
    "query-collections HSC -t --exclude-dataset-types deep*,raw",
    "query-collections HSC -t --exclude-dataset-types *",
    "query-collections HSC -t --chains table --exclude-dataset-types raw --exclude-dataset-types cal*",
    "query-collections MINI nope",
    "query-collections MINI nope* --chains table",
    "query-collections MINI --chains sideways",
];

/// A choice between validity ranges, which the reference refuses where the database can tell it that there is one; on
/// PostgreSQL before version 16 it shows several datasets for a data ID instead.
pub const AMBIGUOUS: [&str; 3] = [
    "query-datasets HSC bias --find-first --collections HSC/calib",
    "query-datasets HSC bias --find-first --collections HSC/calib,HSC/calib/gen2/20140301/bias",
    "query-datasets MINI --find-first --collections chain/all",
];

/// Collections in the order in which SQLite finds them.
pub const IN_ORDER_OF_NUMBER: [&str; 4] = [
    "query-collections HSC --chains flatten",
    "query-collections MINI --chains no-children -t",
    "query-collections HSC HSC/runs/* skymaps --chains flatten -t",
    "query-collections MINI chain/* runs/first --chains flatten",
];
