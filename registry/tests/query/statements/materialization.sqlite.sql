-- Rows of another query, which becomes part of the statement.
-- where: instrument = 'HSC' AND exposure > 5
-- where: instrument = 'HSC' AND detector = 3
SELECT materialization.instrument AS instrument,
    materialization.detector AS detector,
    materialization.exposure AS exposure,
    materialization.band AS band,
    materialization.day_obs AS day_obs,
    materialization."group" AS "group",
    materialization.physical_filter AS physical_filter
FROM (
    SELECT raw_tags.instrument AS instrument,
        raw_tags.detector AS detector,
        raw_tags.exposure AS exposure,
        physical_filter.band AS band,
        exposure.day_obs AS day_obs,
        exposure."group" AS "group",
        exposure.physical_filter AS physical_filter
    FROM dataset_tags_00000001 AS raw_tags
    JOIN exposure AS exposure ON (raw_tags.exposure = exposure.id)
        AND (raw_tags.instrument = exposure.instrument)
    JOIN physical_filter AS physical_filter ON (raw_tags.instrument = physical_filter.instrument)
        AND (exposure.instrument = physical_filter.instrument)
        AND (exposure.physical_filter = physical_filter.name)
    WHERE (raw_tags.dataset_type_id = $1)
        AND (raw_tags.collection_id = $2)
        AND ((raw_tags.instrument = $3) AND (raw_tags.exposure > $4))
) AS materialization
WHERE (materialization.instrument = $3)
    AND (materialization.detector = $5)
-- $1 = Int(1)
-- $2 = Int(11)
-- $3 = Text("HSC")
-- $4 = Int(5)
-- $5 = Int(3)
