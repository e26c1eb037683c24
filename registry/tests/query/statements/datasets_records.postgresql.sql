-- Datasets with the records of their data IDs; those that are cached are not joined.
-- where: instrument = 'HSC' AND visit = 5
SELECT calexp_tags.instrument AS instrument,
    calexp_tags.detector AS detector,
    calexp_tags.visit AS visit,
    physical_filter.band AS band,
    visit.day_obs AS day_obs,
    visit.physical_filter AS physical_filter,
    day_obs.timespan AS "day_obs:timespan",
    visit.name AS "visit:name",
    visit.seq_num AS "visit:seq_num",
    visit.exposure_time AS "visit:exposure_time",
    visit.target_name AS "visit:target_name",
    visit.observation_reason AS "visit:observation_reason",
    visit.science_program AS "visit:science_program",
    visit.azimuth AS "visit:azimuth",
    visit.zenith_angle AS "visit:zenith_angle",
    visit.region AS "visit:region",
    visit.timespan AS "visit:timespan",
    visit_detector_region.region AS "visit_detector_region:region",
    calexp_tags.dataset_id AS "calexp:dataset_id",
    CAST($1 AS text) AS "calexp:run"
FROM NAMESPACE.dataset_tags_00000002 AS calexp_tags
JOIN NAMESPACE.visit AS visit ON (calexp_tags.instrument = visit.instrument)
    AND (calexp_tags.visit = visit.id)
JOIN NAMESPACE.day_obs AS day_obs ON (visit.day_obs = day_obs.id)
    AND (calexp_tags.instrument = day_obs.instrument)
    AND (visit.instrument = day_obs.instrument)
JOIN NAMESPACE.physical_filter AS physical_filter ON (calexp_tags.instrument = physical_filter.instrument)
    AND (visit.instrument = physical_filter.instrument)
    AND (day_obs.instrument = physical_filter.instrument)
    AND (visit.physical_filter = physical_filter.name)
JOIN NAMESPACE.visit_detector_region AS visit_detector_region ON (calexp_tags.detector = visit_detector_region.detector)
    AND (calexp_tags.instrument = visit_detector_region.instrument)
    AND (visit.instrument = visit_detector_region.instrument)
    AND (day_obs.instrument = visit_detector_region.instrument)
    AND (physical_filter.instrument = visit_detector_region.instrument)
    AND (calexp_tags.visit = visit_detector_region.visit)
    AND (visit.id = visit_detector_region.visit)
WHERE (calexp_tags.dataset_type_id = $2)
    AND (calexp_tags.collection_id = $3)
    AND ((calexp_tags.instrument = $4) AND (calexp_tags.visit = $5))
-- $1 = Text("run/a")
-- $2 = Int(2)
-- $3 = Int(11)
-- $4 = Text("HSC")
-- $5 = Int(5)
