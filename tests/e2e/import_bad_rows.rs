//! Exports that say something impossible, or something else than the repository.

use pantry_testkit::{compare, fixture};

use crate::import_many::Place;
use crate::import_setup::{Scratch, import};
use crate::import_spoiled::{Spoiled, assert_all_fail, case};

fn lacking() -> Vec<Spoiled> {
    vec![
        // A record without that of its governor, of its implied and of its required dimension.
        case(
            "  - name: tiny\n",
            "  - name: teeny\n",
            "- skymap: tiny\n    id: 0",
            &["tract", "skymap", "tiny"],
        ),
        case(
            "    physical_filter: Cam-r\n    obs_id",
            "    physical_filter: Cam-i\n    obs_id",
            "- instrument: Cam\n    id: 12\n    day_obs",
            &["exposure", "Cam-i"],
        ),
        case(
            "    exposure: 12\n    visit: 12",
            "    exposure: 13\n    visit: 12",
            "- instrument: Cam\n    exposure: 13",
            &["visit_definition", "13"],
        ),
        // Datasets.
        case(
            "    - instrument: Cam\n    path: runs/second/count",
            "    - instrument: Cum\n    path: runs/second/count",
            "- dataset_id:\n    - !uuid '01a0c450-6c0b",
            &["instrument", "Cum"],
        ),
        case(
            "    - instrument: Cam\n    path: runs/second/count",
            "    - {}\n    path: runs/second/count",
            "- dataset_id:\n    - !uuid '01a0c450-6c0b",
            &["count", "instrument"],
        ),
        case(
            "    - instrument: Cam\n    path: runs/second/count",
            "    - instrument: Cam\n      detective: 7\n    path: runs/second/count",
            "- dataset_id:\n    - !uuid '01a0c450-6c0b",
            &["detective"],
        ),
        case(
            "  dataset_type: count\n",
            "  dataset_type: county\n",
            "- dataset_id:\n    - !uuid '01a0c450-6c0b",
            &["county"],
        ),
        case(
            "  run: calib/run\n",
            "  run: calib/runs\n",
            "- dataset_id:\n    - !uuid '01a0c450-6c0f",
            &["calib/runs"],
        ),
        case(
            "  run: calib/run\n",
            "  run: tagged/chosen\n",
            "- dataset_id:\n    - !uuid '01a0c450-6c0f",
            &["tagged/chosen", "TAGGED", "RUN"],
        ),
        case(
            "  dimensions:\n  - htm7\n",
            "  dimensions:\n  - htm99\n",
            "- type: dataset_type\n  name: refcat",
            &["refcat", "htm99"],
        ),
        case(
            "  name: refcat\n",
            "  name: ref cat\n",
            "- type: dataset_type\n  name: ref cat",
            &["ref cat"],
        ),
        // Collections.
        case(
            "  - runs/second\n  - runs/first\n",
            "  - runs/second\n  - runs/third\n",
            "- type: collection\n  collection_type: CHAINED",
            &["runs/third"],
        ),
        case(
            "  - runs/second\n  - runs/first\n",
            "  - runs/second\n  - chain/all\n",
            "",
            &["chain/"],
        ),
        case(
            "  dataset_ids:\n  - !uuid '01a0c450-6c01-7064-9c80-317fa3b1799d'\n",
            "  dataset_ids:\n  - !uuid '01a0c450-6c01-7064-9c80-317fa3b17999'\n",
            "",
            &["tagged/chosen", "317fa3b17999"],
        ),
        case(
            "    - !uuid '01a0c450-6c10-7370-a7cd-813047229389'\n    - !uuid '01a0c450-6c11-7563-8374-59eef50bea63'\n  - timespan",
            "    - !uuid '01a0c450-6c10-7370-a7cd-81304722938a'\n  - timespan",
            "",
            &["calib/certified", "81304722938a"],
        ),
        case(
            "  collection: tagged/chosen\n",
            "  collection: tagged/other\n",
            "",
            &["tagged/other"],
        ),
        case(
            "  collection: tagged/chosen\n",
            "  collection: runs/first\n",
            "",
            &["runs/first", "TAGGED"],
        ),
    ]
}

#[test]
fn rows_that_lack_what_they_need() {
    let scratch = Scratch::new();
    assert_all_fail(&scratch, &scratch.empty("repo"), &lacking());
}

fn self_contradicting() -> Vec<Spoiled> {
    vec![
        // One id twice, in one shape and in two.
        case(
            "01a0c450-6c02-73e9-8668-5257bdd640fb",
            "01a0c450-6c01-7064-9c80-317fa3b1799d",
            "- dataset_id:\n    - !uuid '01a0c450-6c01-7064-9c80-317fa3b1799d'\n    data_id:\n    - skymap: tiny\n      tract: 0\n      patch: 1",
            &["01a0c450-6c01-7064-9c80-317fa3b1799d", "twice"],
        ),
        case(
            "01a0c450-6c0b-7385-ab65-a6a48b8148f6",
            "01a0c450-6c01-7064-9c80-317fa3b1799d",
            "",
            &["01a0c450-6c01-7064-9c80-317fa3b1799d", "twice"],
        ),
        // One data ID twice.
        case(
            "      patch: 1\n    path: runs/first",
            "      patch: 0\n    path: runs/first",
            "- dataset_id:\n    - !uuid '01a0c450-6c02",
            &[
                "01a0c450-6c01-7064-9c80-317fa3b1799d",
                "01a0c450-6c02-73e9-8668-5257bdd640fb",
            ],
        ),
        case(
            "    begin: !butler_time/tai/iso '2026-10-01 12",
            "    begin: !butler_time/tai/iso '2026-10-01 11",
            "",
            &[
                "calib/certified",
                "overlap",
                "01a0c450-6c0f-7571-ac30-7511b2b9437a",
            ],
        ),
        case(
            "- type: dataset_type\n  name: catalog\n  dimensions:\n  - skymap\n  - tract\n  - patch\n  storage_class: ArrowAstropy\n  is_calibration: false\n- type: dataset\n  dataset_type: catalog\n  run: runs/second",
            "- type: dataset_type\n  name: catalog\n  dimensions:\n  - skymap\n  storage_class: ArrowAstropy\n  is_calibration: false\n- type: dataset\n  dataset_type: catalog\n  run: runs/second",
            "- type: dataset_type\n  name: catalog\n  dimensions:\n  - skymap\n  storage",
            &["catalog"],
        ),
        case(
            "  collection_type: RUN\n  name: runs/second",
            "  collection_type: TAGGED\n  name: runs/first",
            "- type: collection\n  collection_type: TAGGED\n  name: runs/first",
            &["runs/first"],
        ),
        case(
            "  storage_class: NumpyArray\n  is_calibration: true",
            "  storage_class: NumpyArray\n  is_calibration: false",
            "",
            &["gain", "calib/certified"],
        ),
    ]
}

#[test]
fn exports_that_contradict_themselves() {
    let scratch = Scratch::new();
    assert_all_fail(&scratch, &scratch.empty("repo"), &self_contradicting());
}

fn contradicting() -> Vec<Spoiled> {
    vec![
        case(
            "storage_class: int\n",
            "storage_class: float\n",
            "",
            &["count", "int", "float"],
        ),
        case(
            "  dimensions:\n  - htm7\n",
            "  dimensions:\n  - htm9\n",
            "",
            &["refcat", "htm7", "htm9"],
        ),
        case(
            "  storage_class: NumpyArray\n  is_calibration: true",
            "  storage_class: NumpyArray\n  is_calibration: false",
            "",
            &["gain", "calibration"],
        ),
        // One id with another run, type and data ID.
        case(
            "  dataset_type: count\n  run: runs/second",
            "  dataset_type: count\n  run: runs/first",
            "",
            &[
                "01a0c450-6c0b-7385-ab65-a6a48b8148f6",
                "runs/second",
                "runs/first",
            ],
        ),
        case(
            "  dataset_type: summary\n  run",
            "  dataset_type: packages\n  run",
            "",
            &[
                "01a0c450-6c09-732e-8fad-c1a606cb0fb3",
                "summary",
                "packages",
            ],
        ),
        case(
            "htm7: 254351",
            "htm7: 254352",
            "",
            &["01a0c450-6c06-7081-ac03-1199972a8469"],
        ),
        // One data ID with another id.
        case(
            "01a0c450-6c0b-7385-ab65-a6a48b8148f6",
            "01a0c450-6c0b-7385-ab65-a6a48b8148f7",
            "",
            &[
                "01a0c450-6c0b-7385-ab65-a6a48b8148f6",
                "01a0c450-6c0b-7385-ab65-a6a48b8148f7",
            ],
        ),
        case(
            "  collection_type: CHAINED\n  name: chain/inner",
            "  collection_type: TAGGED\n  name: chain/inner",
            "",
            &["chain/inner", "CHAINED", "TAGGED"],
        ),
        case(
            "      begin: !butler_time/tai/iso '2026-10-01 12:00:00.000000000'\n      end: !butler_time/tai/iso '2026-10-03",
            "      begin: !butler_time/tai/iso '2026-10-01 13:00:00.000000000'\n      end: !butler_time/tai/iso '2026-10-04",
            "",
            &["calib/certified", "overlap"],
        ),
    ]
}

#[test]
fn exports_that_contradict_the_repository() {
    let scratch = Scratch::new();
    assert_all_fail(&scratch, &scratch.filled("repo"), &contradicting());
}

#[test]
fn the_same_in_postgresql() {
    let scratch = Scratch::new();
    let place = Place::postgresql();
    let empty = place.create(&scratch, "empty");
    let before = compare::rows(&empty, &[]);
    assert_all_fail(&scratch, &empty, &lacking());
    assert_all_fail(&scratch, &empty, &self_contradicting());
    assert_eq!(before, compare::rows(&empty, &[]));
    let filled = place.create(&scratch, "filled");
    let _ = import(&filled, &fixture("oracle-mini"), &["--transfer", "copy"]).ok();
    let before = compare::rows(&filled, &[]);
    assert_all_fail(&scratch, &filled, &contradicting());
    assert_eq!(before, compare::rows(&filled, &[]));
}
