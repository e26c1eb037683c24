-- Datasets of one run.
-- where: instrument = 'HSC'
SELECT raw_tags.instrument AS instrument,
    raw_tags.detector AS detector,
    raw_tags.exposure AS exposure,
    physical_filter.band AS band,
    exposure.day_obs AS day_obs,
    exposure."group" AS "group",
    exposure.physical_filter AS physical_filter,
    raw_tags.dataset_id AS "raw:dataset_id",
    CAST($1 AS text) AS "raw:run"
FROM NAMESPACE.dataset_tags_00000001 AS raw_tags
JOIN NAMESPACE.exposure AS exposure ON (raw_tags.exposure = exposure.id)
    AND (raw_tags.instrument = exposure.instrument)
JOIN NAMESPACE.physical_filter AS physical_filter ON (raw_tags.instrument = physical_filter.instrument)
    AND (exposure.instrument = physical_filter.instrument)
    AND (exposure.physical_filter = physical_filter.name)
WHERE (raw_tags.dataset_type_id = $2)
    AND (raw_tags.collection_id = $3)
    AND (raw_tags.instrument = $4)
-- $1 = Text("run/a")
-- $2 = Int(1)
-- $3 = Int(11)
-- $4 = Text("HSC")
