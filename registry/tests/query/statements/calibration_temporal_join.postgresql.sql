-- The calibration for an exposure: valid when it was taken, the first in the order of the collections.
-- where: instrument = 'HSC' AND exposure = 7
SELECT ranked.instrument AS instrument,
    ranked.detector AS detector,
    ranked."bias:dataset_id" AS "bias:dataset_id",
    ranked."bias:run" AS "bias:run",
    ranked."_VALIDITY_MATCH_COUNT" AS "_VALIDITY_MATCH_COUNT"
FROM (
    SELECT found.instrument AS instrument,
        found.detector AS detector,
        found."bias:collection_key" AS "bias:collection_key",
        found."bias:dataset_id" AS "bias:dataset_id",
        found."bias:run" AS "bias:run",
        row_number() OVER (PARTITION BY found.instrument, found.detector ORDER BY CASE found."bias:collection_key" WHEN $1 THEN 0 WHEN $2 THEN 1 END) AS "_RANK",
        found."_VALIDITY_MATCH_COUNT" AS "_VALIDITY_MATCH_COUNT"
    FROM (
        SELECT bias.instrument AS instrument,
            bias.detector AS detector,
            bias."bias:collection_key" AS "bias:collection_key",
            bias."bias:dataset_id" AS "bias:dataset_id",
            bias."bias:run" AS "bias:run",
            count(*) AS "_VALIDITY_MATCH_COUNT"
        FROM (
            SELECT bias_tags.instrument AS instrument,
                bias_tags.detector AS detector,
                bias_tags.collection_id AS "bias:collection_key",
                bias_tags.dataset_id AS "bias:dataset_id",
                CAST($3 AS text) AS "bias:run",
                $4 AS "bias:timespan"
            FROM NAMESPACE.dataset_tags_00000003 AS bias_tags
            WHERE (bias_tags.dataset_type_id = $5)
                AND (bias_tags.collection_id = $1)
            UNION
            SELECT bias_calibs.instrument AS instrument,
                bias_calibs.detector AS detector,
                bias_calibs.collection_id AS "bias:collection_key",
                bias_calibs.dataset_id AS "bias:dataset_id",
                run_collection.name AS "bias:run",
                bias_calibs.timespan AS "bias:timespan"
            FROM NAMESPACE.dataset_calibs_00000003 AS bias_calibs
            JOIN NAMESPACE.dataset AS dataset ON dataset.id = bias_calibs.dataset_id
            JOIN NAMESPACE.collection AS run_collection ON run_collection.collection_id = dataset.run_id
            WHERE (bias_calibs.dataset_type_id = $5)
                AND (bias_calibs.collection_id = $2)
        ) AS bias
        JOIN NAMESPACE.physical_filter AS physical_filter ON bias.instrument = physical_filter.instrument
        JOIN NAMESPACE.exposure AS exposure ON (bias.instrument = exposure.instrument)
            AND (physical_filter.instrument = exposure.instrument)
            AND (physical_filter.name = exposure.physical_filter)
        WHERE (bias.instrument = $6)
            AND (exposure.id = $7)
            AND (bias."bias:timespan" && exposure.timespan)
        GROUP BY bias.instrument,
            bias.detector,
            bias."bias:collection_key",
            bias."bias:dataset_id",
            bias."bias:run"
    ) AS found
) AS ranked
WHERE ranked."_RANK" = 1
-- $1 = Int(12)
-- $2 = Int(15)
-- $3 = Text("run/b")
-- $4 = Timespan(Timespan { begin: 0, end: 4102444800000000000 })
-- $5 = Int(3)
-- $6 = Text("HSC")
-- $7 = Int(7)
