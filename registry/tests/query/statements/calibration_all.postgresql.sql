-- All calibrations, with the time for which each is valid.
-- where: instrument = 'HSC'
SELECT bias.instrument AS instrument,
    bias.detector AS detector,
    bias."bias:collection" AS "bias:collection",
    bias."bias:dataset_id" AS "bias:dataset_id",
    bias."bias:timespan" AS "bias:timespan"
FROM (
    SELECT bias_tags.instrument AS instrument,
        bias_tags.detector AS detector,
        CAST($1 AS text) AS "bias:collection",
        bias_tags.collection_id AS "bias:collection_key",
        bias_tags.dataset_id AS "bias:dataset_id",
        $2 AS "bias:timespan"
    FROM NAMESPACE.dataset_tags_00000003 AS bias_tags
    WHERE (bias_tags.dataset_type_id = $3)
        AND (bias_tags.collection_id = $4)
    UNION
    SELECT bias_calibs.instrument AS instrument,
        bias_calibs.detector AS detector,
        CAST($5 AS text) AS "bias:collection",
        bias_calibs.collection_id AS "bias:collection_key",
        bias_calibs.dataset_id AS "bias:dataset_id",
        bias_calibs.timespan AS "bias:timespan"
    FROM NAMESPACE.dataset_calibs_00000003 AS bias_calibs
    WHERE (bias_calibs.dataset_type_id = $3)
        AND (bias_calibs.collection_id = $6)
) AS bias
WHERE bias.instrument = $7
-- $1 = Text("run/b")
-- $2 = Timespan(Timespan { begin: 0, end: 4102444800000000000 })
-- $3 = Int(3)
-- $4 = Int(12)
-- $5 = Text("calib")
-- $6 = Int(15)
-- $7 = Text("HSC")
