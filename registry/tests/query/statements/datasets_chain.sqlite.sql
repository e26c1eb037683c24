-- The first dataset of each data ID in a chain; collections that cannot hold any are left out.
-- where: instrument = 'HSC' AND detector = 50
SELECT ranked.instrument AS instrument,
    ranked.detector AS detector,
    ranked.exposure AS exposure,
    ranked.band AS band,
    ranked.day_obs AS day_obs,
    ranked."group" AS "group",
    ranked.physical_filter AS physical_filter,
    ranked."raw:dataset_id" AS "raw:dataset_id",
    ranked."raw:run" AS "raw:run"
FROM (
    SELECT found.instrument AS instrument,
        found.detector AS detector,
        found.exposure AS exposure,
        found.band AS band,
        found.day_obs AS day_obs,
        found."group" AS "group",
        found.physical_filter AS physical_filter,
        found."raw:collection_key" AS "raw:collection_key",
        found."raw:dataset_id" AS "raw:dataset_id",
        found."raw:run" AS "raw:run",
        min(CASE found."raw:collection_key" WHEN $1 THEN 0 WHEN $2 THEN 1 WHEN $3 THEN 2 END) AS "_RANK"
    FROM (
        SELECT raw_tags.instrument AS instrument,
            raw_tags.detector AS detector,
            raw_tags.exposure AS exposure,
            physical_filter.band AS band,
            exposure.day_obs AS day_obs,
            exposure."group" AS "group",
            exposure.physical_filter AS physical_filter,
            raw_tags.collection_id AS "raw:collection_key",
            raw_tags.dataset_id AS "raw:dataset_id",
            run_collection.name AS "raw:run"
        FROM dataset_tags_00000001 AS raw_tags
        JOIN dataset AS dataset ON dataset.id = raw_tags.dataset_id
        JOIN collection AS run_collection ON run_collection.collection_id = dataset.run_id
        JOIN exposure AS exposure ON (raw_tags.exposure = exposure.id)
            AND (raw_tags.instrument = exposure.instrument)
        JOIN physical_filter AS physical_filter ON (raw_tags.instrument = physical_filter.instrument)
            AND (exposure.instrument = physical_filter.instrument)
            AND (exposure.physical_filter = physical_filter.name)
        WHERE (raw_tags.dataset_type_id = $4)
            AND (raw_tags.collection_id IN ($1, $2, $3))
            AND ((raw_tags.instrument = $5) AND (raw_tags.detector = $6))
    ) AS found
    GROUP BY found.instrument, found.detector, found.exposure
) AS ranked
-- $1 = Int(12)
-- $2 = Int(14)
-- $3 = Int(11)
-- $4 = Int(1)
-- $5 = Text("HSC")
-- $6 = Int(50)
