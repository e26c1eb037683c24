-- All calibrations, with the time for which each is valid.
-- where: instrument = 'HSC'
SELECT bias.instrument AS instrument,
    bias.detector AS detector,
    bias."bias:collection" AS "bias:collection",
    bias."bias:dataset_id" AS "bias:dataset_id",
    bias."bias:timespan_begin" AS "bias:timespan_begin",
    bias."bias:timespan_end" AS "bias:timespan_end"
FROM (
    SELECT bias_tags.instrument AS instrument,
        bias_tags.detector AS detector,
        $1 AS "bias:collection",
        bias_tags.collection_id AS "bias:collection_key",
        bias_tags.dataset_id AS "bias:dataset_id",
        $2 AS "bias:timespan_begin",
        $3 AS "bias:timespan_end"
    FROM dataset_tags_00000003 AS bias_tags
    WHERE (bias_tags.dataset_type_id = $4)
        AND (bias_tags.collection_id = $5)
    UNION
    SELECT bias_calibs.instrument AS instrument,
        bias_calibs.detector AS detector,
        $6 AS "bias:collection",
        bias_calibs.collection_id AS "bias:collection_key",
        bias_calibs.dataset_id AS "bias:dataset_id",
        bias_calibs.timespan_begin AS "bias:timespan_begin",
        bias_calibs.timespan_end AS "bias:timespan_end"
    FROM dataset_calibs_00000003 AS bias_calibs
    WHERE (bias_calibs.dataset_type_id = $4)
        AND (bias_calibs.collection_id = $7)
) AS bias
WHERE bias.instrument = $8
-- $1 = Text("run/b")
-- $2 = Int(0)
-- $3 = Int(4102444800000000000)
-- $4 = Int(3)
-- $5 = Int(12)
-- $6 = Text("calib")
-- $7 = Int(15)
-- $8 = Text("HSC")
