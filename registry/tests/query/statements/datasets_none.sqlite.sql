-- A collection that cannot hold any: the statement is made but not run.
SELECT calexp_tags.instrument AS instrument,
    calexp_tags.detector AS detector,
    calexp_tags.visit AS visit,
    physical_filter.band AS band,
    visit.day_obs AS day_obs,
    visit.physical_filter AS physical_filter,
    calexp_tags.dataset_id AS "calexp:dataset_id",
    $1 AS "calexp:run"
FROM dataset_tags_00000002 AS calexp_tags
JOIN visit AS visit ON (calexp_tags.instrument = visit.instrument)
    AND (calexp_tags.visit = visit.id)
JOIN physical_filter AS physical_filter ON (calexp_tags.instrument = physical_filter.instrument)
    AND (visit.instrument = physical_filter.instrument)
    AND (visit.physical_filter = physical_filter.name)
WHERE (calexp_tags.dataset_type_id = $2)
    AND (false)
-- $1 = Text("")
-- $2 = Int(2)
