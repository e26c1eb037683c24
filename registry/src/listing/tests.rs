//! SQL texts of searches. That they find the right rows is shown beside the reference in tests/e2e/queries.rs.

use super::dataset_sql;
use super::{DatasetSearch, OrderBy};
use crate::database::{Statement, Value};
use crate::dataset_types::DatasetTypeRecord;
use crate::model::collection::{Collection, CollectionType};
use crate::model::dataset_type::DatasetType;
use crate::model::dimension_group::DimensionGroup;
use crate::model::universe::Universe;
use crate::schema::dialect::Dialect;
use crate::schema::managers::Managers;

/// A search for biases or visit images in collections of these types, numbered from 1.
fn search(dimensions: &[&str], types: &[CollectionType]) -> DatasetSearch {
    let universe = Universe::from_json(Universe::default_json()).unwrap();
    let collections = types
        .iter()
        .zip(1..)
        .map(|(&collection_type, id)| Collection {
            id,
            name: format!("c{id}"),
            collection_type,
            doc: None,
        });
    DatasetSearch {
        dataset_type: DatasetTypeRecord {
            id: 7,
            dataset_type: DatasetType {
                name: "image".to_owned(),
                dimensions: DimensionGroup::conform(&universe, dimensions).unwrap(),
                storage_class: "ExposureF".to_owned(),
                is_calibration: true,
            },
            dimensions_key: 3,
            tags_table: "dataset_tags_00000003".to_owned(),
            calibs_table: Some("dataset_calibs_00000003".to_owned()),
        },
        collections: collections.collect(),
        find_first: false,
        order_by: Vec::new(),
        file_records: None,
    }
}

fn sql(search: &DatasetSearch, dialect: Dialect, limit: Option<u64>) -> (String, Vec<Value>) {
    let namespace = (dialect == Dialect::Postgresql).then_some("ns");
    let statement = Statement::new(dialect, namespace);
    let statement = dataset_sql::datasets(search, Managers::default(), limit, statement).unwrap();
    (statement.sql().to_owned(), statement.values().to_vec())
}

#[test]
fn one_run_needs_no_table_but_tags_and_those_of_implied_dimensions() {
    let search = search(&["visit", "detector"], &[CollectionType::Run]);
    let (sqlite, values) = sql(&search, Dialect::Sqlite, Some(5));
    assert_eq!(
        sqlite,
        "SELECT l.instrument, l.detector, l.visit, l.band, l.day_obs, l.physical_filter, l._id, l._run, l._copies, \
         l._matches FROM (\
         SELECT instrument, detector, visit, band, day_obs, physical_filter, _id, _run, 1 AS _copies, 1 AS _matches FROM (\
         SELECT s.instrument AS instrument, s.detector AS detector, s.visit AS visit, e0.band AS band, \
         e1.day_obs AS day_obs, e0.name AS physical_filter, s._id AS _id, s._run AS _run FROM (\
         SELECT t.instrument AS instrument, t.detector AS detector, t.visit AS visit, t.dataset_id AS _id, \
         CAST($1 AS VARCHAR) AS _run FROM dataset_tags_00000003 AS t \
         WHERE t.dataset_type_id = $2 AND t.collection_id = $3) AS s \
         JOIN physical_filter AS e0 ON s.instrument = e0.instrument \
         JOIN visit AS e1 ON s.instrument = e1.instrument AND s.visit = e1.id \
         AND e0.name = e1.physical_filter) AS f LIMIT $4) AS l \
         ORDER BY l._run, l.instrument, l.visit, l.day_obs, l.detector, l.band, l.physical_filter"
    );
    let expected = [
        Value::from("c1"),
        Value::Int(7),
        Value::Int(1),
        Value::Int(5),
    ];
    assert_eq!(values, expected);
}

#[test]
fn find_first_ranks_collections_and_counts_validity_ranges() {
    let mut search = search(
        &["detector"],
        &[CollectionType::Calibration, CollectionType::Tagged],
    );
    search.find_first = true;
    search.file_records = Some("file_datastore_records".to_owned());
    let bound = OrderBy::parse("-image.timespan.end", &search.dataset_type.dataset_type).unwrap();
    search.order_by = vec![bound];
    let (postgresql, values) = sql(&search, Dialect::Postgresql, None);
    assert_eq!(
        postgresql,
        "SELECT l.instrument, l.detector, l._id, l._run, l._copies, l._matches, p.path, p.component FROM (\
         SELECT instrument, detector, _id, _run, 1 AS _copies, _matches, \
         ROW_NUMBER() OVER (ORDER BY _o0 DESC) AS _position FROM (\
         SELECT s.instrument AS instrument, s.detector AS detector, s._id AS _id, s._run AS _run, s._d0 AS _o0, \
         ROW_NUMBER() OVER (PARTITION BY s.instrument, s.detector ORDER BY CASE s._collection WHEN $1 THEN 0 \
         WHEN $2 THEN 1 END) AS _rank, \
         COUNT(*) OVER (PARTITION BY s.instrument, s.detector, s._collection) AS _matches FROM (\
         SELECT t.instrument AS instrument, t.detector AS detector, t.dataset_id AS _id, r.name AS _run, \
         t.collection_id AS _collection, CAST(0 AS BIGINT) AS _d0 FROM ns.dataset_tags_00000003 AS t \
         JOIN ns.dataset AS d ON d.id = t.dataset_id JOIN ns.collection AS r ON r.collection_id = d.run_id \
         WHERE t.dataset_type_id = $3 AND d.dataset_type_id = $4 AND t.collection_id = $5 UNION \
         SELECT t.instrument AS instrument, t.detector AS detector, t.dataset_id AS _id, r.name AS _run, \
         t.collection_id AS _collection, COALESCE(UPPER(t.timespan), 0) AS _d0 FROM ns.dataset_calibs_00000003 AS t \
         JOIN ns.dataset AS d ON d.id = t.dataset_id JOIN ns.collection AS r ON r.collection_id = d.run_id \
         WHERE t.dataset_type_id = $6 AND d.dataset_type_id = $7 AND t.collection_id = $8) AS s) AS f WHERE _rank = 1 \
         ORDER BY _position) AS l LEFT JOIN ns.file_datastore_records AS p ON p.dataset_id = l._id \
         ORDER BY CASE WHEN p.path IS NULL THEN 0 ELSE 1 END, l._position, p.component"
    );
    let expected = [1, 2, 7, 7, 2, 7, 7, 1].map(Value::Int);
    assert_eq!(values, expected);
}

#[test]
fn repeats_are_counted_and_text_is_sorted_by_code_point() {
    let search = search(
        &["physical_filter"],
        &[CollectionType::Run, CollectionType::Tagged],
    );
    let (postgresql, _) = sql(&search, Dialect::Postgresql, Some(9));
    let (head, rest) = postgresql.split_once(" FROM (").unwrap();
    assert_eq!(
        head,
        "SELECT l.instrument, l.physical_filter, l.band, l._id, l._run, l._copies, l._matches"
    );
    let grouped = "SELECT instrument, physical_filter, band, _id, _run, COUNT(*) AS _copies, 1 AS _matches FROM (";
    assert!(rest.starts_with(grouped), "{rest}");
    let tail = ") AS c GROUP BY instrument, physical_filter, band, _id, _run) AS l ORDER BY l._run COLLATE \"C\", \
                l.instrument COLLATE \"C\", l.physical_filter COLLATE \"C\", l.band COLLATE \"C\"";
    assert!(rest.ends_with(tail), "{rest}");
}
