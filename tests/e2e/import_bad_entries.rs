//! Exports whose heads, entries or values cannot be read.

use crate::import_setup::Scratch;
use crate::import_spoiled::{assert_all_fail, case};

#[test]
fn heads_and_entries_that_cannot_be_read() {
    let scratch = Scratch::new();
    let cases = [
        case(
            "version: 1.0.2",
            "version: 2.0.0",
            "description:",
            &["2.0.0", "upgrade"],
        ),
        case(
            "version: 1.0.2",
            "version: 1.1.0",
            "description:",
            &["1.1.0", "upgrade"],
        ),
        case("version: 1.0.2", "version: 1", "description:", &["version"]),
        case("version: 1.0.2\n", "", "description:", &["version"]),
        case(
            "universe_version: 8",
            "universe_version: new",
            "description:",
            &["universe_version"],
        ),
        case("data:\n", "date:\n", "", &["data"]),
        case(
            "- type: collection\n  collection_type: TAGGED",
            "- type: selection\n  collection_type: TAGGED",
            "- type: selection",
            &["selection"],
        ),
        case(
            "- type: collection\n  collection_type: TAGGED",
            "- collection_type: TAGGED",
            "- collection_type: TAGGED\n  name",
            &["type"],
        ),
        case(
            "collection_type: TAGGED\n  name",
            "collection_type: PICKED\n  name",
            "- type: collection\n  collection_type: PICKED",
            &["PICKED"],
        ),
        case(
            "  element: visit_definition",
            "  element: visit_meaning",
            "- type: dimension\n  element: visit_meaning",
            &["visit_meaning"],
        ),
        case(
            "  element: visit_definition",
            "  element: band",
            "- type: dimension\n  element: band",
            &["band"],
        ),
        case(
            "visit_max: 1000",
            "visit_most: 1000",
            "- name: Cam\n",
            &["visit_most", "instrument"],
        ),
        case(
            "    visit_max: 1000\n",
            "    visit_max: 1000\n    visit_max: 1000\n",
            "",
            &["visit_max"],
        ),
    ];
    assert_all_fail(&scratch, &scratch.empty("repo"), &cases);
}

#[test]
fn values_of_the_wrong_type() {
    let scratch = Scratch::new();
    let cases = [
        case(
            "visit_max: 1000",
            "visit_max: many",
            "- name: Cam\n",
            &["visit_max"],
        ),
        case(
            "exposure_time: 30.0",
            "exposure_time: [30.0]",
            "- instrument: Cam\n    id: 11\n    day_obs",
            &["exposure_time"],
        ),
        case(
            "obs_id: obs11",
            "obs_id: {a: b}",
            "- instrument: Cam\n    id: 11\n    day_obs",
            &["obs_id"],
        ),
        case(
            "obs_id: obs11",
            "obs_id: null",
            "- instrument: Cam\n    id: 11\n    day_obs",
            &["obs_id"],
        ),
        case(
            "datetime_begin: !butler_time/tai/iso '2026-10-01 00:00:00.123456789'",
            "datetime_begin: yesterday",
            "- instrument: Cam\n    id: 11\n    day_obs",
            &["datetime_begin"],
        ),
        case(
            "datetime_begin: !butler_time/tai/iso '2026-10-01 00:00:00.123456789'",
            "datetime_begin: !butler_time/tai/iso '2026-13-01 00:00:00.123456789'",
            "    datetime_begin: !butler_time/tai/iso '2026-13-01",
            &["2026-13-01"],
        ),
        case(
            "!<lsst.sphgeom.Circle>\n      encoded: 631b9d",
            "!<lsst.sphgeom.Circle>\n      encoded: 641b9d",
            "",
            &["region"],
        ),
        case(
            "!<lsst.sphgeom.Circle>\n      encoded: 631b9d26257688ef3fb8",
            "!<lsst.sphgeom.Circle>\n      encoded: 631b9d26257688ef3fxx",
            "",
            &[],
        ),
        case(
            "!<lsst.sphgeom.Circle>\n      encoded: 631b9d2625",
            "!<lsst.sphgeom.Triangle>\n      encoded: 631b9d2625",
            "",
            &["Triangle"],
        ),
        case(
            "!uuid '01a0c450-6c0b-7385-ab65-a6a48b8148f6'",
            "!uuid 'no-uuid'",
            "",
            &["no-uuid"],
        ),
        case(
            "!uuid '01a0c450-6c0b-7385-ab65-a6a48b8148f6'",
            "one",
            "- dataset_id:\n    - one",
            &["id"],
        ),
        case(
            "htm7: 254018",
            "htm7: here",
            "- dataset_id:\n    - !uuid '01a0c450-6c05",
            &["htm7"],
        ),
        case(
            "    data_id:\n    - htm7: 254018",
            "    data_id:\n    - 254018",
            "- dataset_id:\n    - !uuid '01a0c450-6c05",
            &["data id"],
        ),
        case(
            "path: runs/second/count/count_Cam_runs_second.json",
            "path: [a]",
            "- dataset_id:\n    - !uuid '01a0c450-6c0b",
            &["path"],
        ),
        case(
            "    path: runs/second/count/count_Cam_runs_second.json\n",
            "",
            "- dataset_id:\n    - !uuid '01a0c450-6c0b",
            &["path"],
        ),
        case(
            "    - !uuid '77fde9f2-55f6-54a1-afe4-a2f8ccb71b31'\n",
            "",
            "- dataset_id:\n    - !uuid 'f2fa2d96",
            &["2", "3"],
        ),
        case(
            "  records:\n  - dataset_id:\n    - !uuid '01a0c450-6c0b",
            "  records:\n  - 7\n  - dataset_id:\n    - !uuid '01a0c450-6c0b",
            "",
            &[],
        ),
        case(
            "  children:\n  - runs/second\n",
            "  children:\n  - 7\n",
            "- type: collection\n  collection_type: CHAINED",
            &["chain/inner"],
        ),
    ];
    assert_all_fail(&scratch, &scratch.empty("repo"), &cases);
}
