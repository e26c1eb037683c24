-- All datasets in a chain.
SELECT raw_tags.instrument AS instrument,
    raw_tags.detector AS detector,
    raw_tags.exposure AS exposure,
    physical_filter.band AS band,
    exposure.day_obs AS day_obs,
    exposure."group" AS "group",
    exposure.physical_filter AS physical_filter,
    raw_tags.dataset_id AS "raw:dataset_id",
    run_collection.name AS "raw:run"
FROM NAMESPACE.dataset_tags_00000001 AS raw_tags
JOIN NAMESPACE.dataset AS dataset ON dataset.id = raw_tags.dataset_id
JOIN NAMESPACE.collection AS run_collection ON run_collection.collection_id = dataset.run_id
JOIN NAMESPACE.exposure AS exposure ON (raw_tags.exposure = exposure.id)
    AND (raw_tags.instrument = exposure.instrument)
JOIN NAMESPACE.physical_filter AS physical_filter ON (raw_tags.instrument = physical_filter.instrument)
    AND (exposure.instrument = physical_filter.instrument)
    AND (exposure.physical_filter = physical_filter.name)
WHERE (raw_tags.dataset_type_id = $1)
    AND (raw_tags.collection_id IN ($2, $3, $4))
-- $1 = Int(1)
-- $2 = Int(12)
-- $3 = Int(14)
-- $4 = Int(11)
