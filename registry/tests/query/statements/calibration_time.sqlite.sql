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
        $1 AS "bias:run",
        $2 AS "bias:timespan_begin",
        $3 AS "bias:timespan_end"
    FROM dataset_tags_00000003 AS bias_tags
    WHERE (bias_tags.dataset_type_id = $4)
        AND (bias_tags.collection_id = $5)
    UNION
    SELECT bias_calibs.instrument AS instrument,
        bias_calibs.detector AS detector,
        bias_calibs.dataset_id AS "bias:dataset_id",
        run_collection.name AS "bias:run",
        bias_calibs.timespan_begin AS "bias:timespan_begin",
        bias_calibs.timespan_end AS "bias:timespan_end"
    FROM dataset_calibs_00000003 AS bias_calibs
    JOIN dataset AS dataset ON dataset.id = bias_calibs.dataset_id
    JOIN collection AS run_collection ON run_collection.collection_id = dataset.run_id
    WHERE (bias_calibs.dataset_type_id = $4)
        AND (bias_calibs.collection_id = $6)
) AS bias
WHERE (bias.instrument = $7)
    AND ((bias."bias:timespan_end" > $8) AND ($9 > bias."bias:timespan_begin"))
-- $1 = Text("run/b")
-- $2 = Int(0)
-- $3 = Int(4102444800000000000)
-- $4 = Int(3)
-- $5 = Int(12)
-- $6 = Int(15)
-- $7 = Text("HSC")
-- $8 = Int(1577836800000000000)
-- $9 = Int(1577923200000000000)
