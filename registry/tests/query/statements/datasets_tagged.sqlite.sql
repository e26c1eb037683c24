-- Datasets of a tagged collection.
SELECT calexp_tags.instrument AS instrument,
    calexp_tags.detector AS detector,
    calexp_tags.visit AS visit,
    physical_filter.band AS band,
    visit.day_obs AS day_obs,
    visit.physical_filter AS physical_filter,
    calexp_tags.dataset_id AS "calexp:dataset_id",
    run_collection.name AS "calexp:run"
FROM dataset_tags_00000002 AS calexp_tags
JOIN dataset AS dataset ON dataset.id = calexp_tags.dataset_id
JOIN collection AS run_collection ON run_collection.collection_id = dataset.run_id
JOIN visit AS visit ON (calexp_tags.instrument = visit.instrument)
    AND (calexp_tags.visit = visit.id)
JOIN physical_filter AS physical_filter ON (calexp_tags.instrument = physical_filter.instrument)
    AND (visit.instrument = physical_filter.instrument)
    AND (visit.physical_filter = physical_filter.name)
WHERE (calexp_tags.dataset_type_id = $1)
    AND (calexp_tags.collection_id = $2)
-- $1 = Int(2)
-- $2 = Int(14)
