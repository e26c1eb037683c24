-- Calibrations that are valid at some time.
-- where: instrument = 'HSC' AND bias.timespan OVERLAPS (T'2020-01-01T00:00:00/tai', T'2020-01-02T00:00:00/tai')
SELECT bias.instrument AS instrument,
    bias.detector AS detector,
    bias."bias:dataset_id" AS "bias:dataset_id",
    bias."bias:run" AS "bias:run"
FROM (
    SELECT bias_tags.instrument AS instrument,
        bias_tags.detector AS detector,
        bias_tags.dataset_id AS "bias:dataset_id",
        CAST($1 AS text) AS "bias:run",
        $2 AS "bias:timespan"
    FROM NAMESPACE.dataset_tags_00000003 AS bias_tags
    WHERE (bias_tags.dataset_type_id = $3)
        AND (bias_tags.collection_id = $4)
    UNION
    SELECT bias_calibs.instrument AS instrument,
        bias_calibs.detector AS detector,
        bias_calibs.dataset_id AS "bias:dataset_id",
        run_collection.name AS "bias:run",
        bias_calibs.timespan AS "bias:timespan"
    FROM NAMESPACE.dataset_calibs_00000003 AS bias_calibs
    JOIN NAMESPACE.dataset AS dataset ON dataset.id = bias_calibs.dataset_id
    JOIN NAMESPACE.collection AS run_collection ON run_collection.collection_id = dataset.run_id
    WHERE (bias_calibs.dataset_type_id = $3)
        AND (bias_calibs.collection_id = $5)
) AS bias
WHERE (bias.instrument = $6)
    AND (bias."bias:timespan" && $7)
-- $1 = Text("run/b")
-- $2 = Timespan(Timespan { begin: 0, end: 4102444800000000000 })
-- $3 = Int(3)
-- $4 = Int(12)
-- $5 = Int(15)
-- $6 = Text("HSC")
-- $7 = Timespan(Timespan { begin: 1577836800000000000, end: 1577923200000000000 })
