-- Columns of datasets, in the result and in the filter.
-- where: raw.ingest_date > T'2020-01-01T00:00:00/tai' AND raw.run = 'run/a'
SELECT raw_tags.instrument AS instrument,
    raw_tags.detector AS detector,
    raw_tags.exposure AS exposure,
    physical_filter.band AS band,
    exposure.day_obs AS day_obs,
    exposure."group" AS "group",
    exposure.physical_filter AS physical_filter,
    exposure.obs_id AS "exposure:obs_id",
    CASE raw_tags.collection_id WHEN $1 THEN $2 WHEN $3 THEN $4 END AS "raw:collection",
    raw_tags.dataset_id AS "raw:dataset_id",
    dataset.ingest_date AS "raw:ingest_date",
    run_collection.name AS "raw:run",
    $5 AS "raw:timespan_begin",
    $6 AS "raw:timespan_end"
FROM dataset_tags_00000001 AS raw_tags
JOIN dataset AS dataset ON dataset.id = raw_tags.dataset_id
JOIN collection AS run_collection ON run_collection.collection_id = dataset.run_id
JOIN exposure AS exposure ON (raw_tags.exposure = exposure.id)
    AND (raw_tags.instrument = exposure.instrument)
JOIN physical_filter AS physical_filter ON (raw_tags.instrument = physical_filter.instrument)
    AND (exposure.instrument = physical_filter.instrument)
    AND (exposure.physical_filter = physical_filter.name)
WHERE (raw_tags.dataset_type_id = $7)
    AND (raw_tags.collection_id IN ($1, $3))
    AND ((dataset.ingest_date > $8) AND (run_collection.name = $2))
-- $1 = Int(11)
-- $2 = Text("run/a")
-- $3 = Int(14)
-- $4 = Text("good")
-- $5 = Int(0)
-- $6 = Int(4102444800000000000)
-- $7 = Int(1)
-- $8 = Int(1577836800000000000)
