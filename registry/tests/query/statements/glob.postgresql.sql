-- Patterns.
-- where: instrument = 'HSC' AND GLOB(exposure.obs_id, 'HSC?[%]*') AND NOT GLOB(exposure.observation_type, 'b*')
SELECT physical_filter.instrument AS instrument,
    detector.id AS detector,
    exposure.id AS exposure,
    physical_filter.band AS band,
    exposure.day_obs AS day_obs,
    exposure."group" AS "group",
    physical_filter.name AS physical_filter
FROM NAMESPACE.physical_filter AS physical_filter
JOIN NAMESPACE.exposure AS exposure ON (physical_filter.instrument = exposure.instrument)
    AND (physical_filter.name = exposure.physical_filter)
JOIN NAMESPACE.detector AS detector ON (physical_filter.instrument = detector.instrument)
    AND (exposure.instrument = detector.instrument)
WHERE (physical_filter.instrument = $1)
    AND (exposure.obs_id LIKE $2)
    AND (NOT (exposure.observation_type LIKE $3))
-- $1 = Text("HSC")
-- $2 = Text("HSC_[\\%]%")
-- $3 = Text("b%")
