-- The calibration for each exposure, in rows that keep the exposure.
-- where: instrument = 'HSC'
SELECT ranked.instrument AS instrument,
    ranked.detector AS detector,
    ranked.exposure AS exposure,
    ranked.band AS band,
    ranked.day_obs AS day_obs,
    ranked."group" AS "group",
    ranked.physical_filter AS physical_filter,
    ranked."bias:dataset_id" AS "bias:dataset_id",
    ranked."bias:run" AS "bias:run",
    ranked."_VALIDITY_MATCH_COUNT" AS "_VALIDITY_MATCH_COUNT"
FROM (
    SELECT found.instrument AS instrument,
        found.detector AS detector,
        found.exposure AS exposure,
        found.band AS band,
        found.day_obs AS day_obs,
        found."group" AS "group",
        found.physical_filter AS physical_filter,
        found."bias:collection_key" AS "bias:collection_key",
        found."bias:dataset_id" AS "bias:dataset_id",
        found."bias:run" AS "bias:run",
        min(CASE found."bias:collection_key" WHEN $1 THEN 0 WHEN $2 THEN 1 END) AS "_RANK",
        found."_VALIDITY_MATCH_COUNT" AS "_VALIDITY_MATCH_COUNT"
    FROM (
        SELECT bias.instrument AS instrument,
            bias.detector AS detector,
            exposure.id AS exposure,
            physical_filter.band AS band,
            exposure.day_obs AS day_obs,
            exposure."group" AS "group",
            physical_filter.name AS physical_filter,
            bias."bias:collection_key" AS "bias:collection_key",
            bias."bias:dataset_id" AS "bias:dataset_id",
            bias."bias:run" AS "bias:run",
            count(*) AS "_VALIDITY_MATCH_COUNT"
        FROM (
            SELECT bias_tags.instrument AS instrument,
                bias_tags.detector AS detector,
                bias_tags.collection_id AS "bias:collection_key",
                bias_tags.dataset_id AS "bias:dataset_id",
                $3 AS "bias:run",
                $4 AS "bias:timespan_begin",
                $5 AS "bias:timespan_end"
            FROM dataset_tags_00000003 AS bias_tags
            WHERE (bias_tags.dataset_type_id = $6)
                AND (bias_tags.collection_id = $1)
            UNION
            SELECT bias_calibs.instrument AS instrument,
                bias_calibs.detector AS detector,
                bias_calibs.collection_id AS "bias:collection_key",
                bias_calibs.dataset_id AS "bias:dataset_id",
                run_collection.name AS "bias:run",
                bias_calibs.timespan_begin AS "bias:timespan_begin",
                bias_calibs.timespan_end AS "bias:timespan_end"
            FROM dataset_calibs_00000003 AS bias_calibs
            JOIN dataset AS dataset ON dataset.id = bias_calibs.dataset_id
            JOIN collection AS run_collection ON run_collection.collection_id = dataset.run_id
            WHERE (bias_calibs.dataset_type_id = $6)
                AND (bias_calibs.collection_id = $2)
        ) AS bias
        JOIN physical_filter AS physical_filter ON bias.instrument = physical_filter.instrument
        JOIN exposure AS exposure ON (bias.instrument = exposure.instrument)
            AND (physical_filter.instrument = exposure.instrument)
            AND (physical_filter.name = exposure.physical_filter)
        WHERE (bias.instrument = $7)
            AND ((bias."bias:timespan_end" > exposure.timespan_begin) AND (exposure.timespan_end > bias."bias:timespan_begin"))
        GROUP BY bias.instrument,
            bias.detector,
            exposure.id,
            physical_filter.band,
            exposure.day_obs,
            exposure."group",
            physical_filter.name,
            bias."bias:collection_key"
    ) AS found
    GROUP BY found.instrument, found.detector, found.exposure
) AS ranked
-- $1 = Int(12)
-- $2 = Int(15)
-- $3 = Text("run/b")
-- $4 = Int(0)
-- $5 = Int(4102444800000000000)
-- $6 = Int(3)
-- $7 = Text("HSC")
