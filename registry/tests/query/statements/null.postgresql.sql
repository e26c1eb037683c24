-- Values that are missing.
-- where: instrument = 'HSC' AND (exposure.target_name != NULL OR exposure.seq_num = NULL)
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
    AND ((NOT (exposure.target_name IS NULL)) OR (exposure.seq_num IS NULL))
-- $1 = Text("HSC")
