-- NOT over AND and OR, and columns of truth values.
-- where: instrument = 'HSC' AND NOT (detector = 3 AND exposure.seq_num > 5) AND (exposure.can_see_sky OR exposure.exposure_time >= 30.0)
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
    AND ((NOT (detector.id = $2)) OR (NOT (exposure.seq_num > $3)))
    AND ((exposure.can_see_sky) OR (exposure.exposure_time >= $4))
-- $1 = Text("HSC")
-- $2 = Int(3)
-- $3 = Int(5)
-- $4 = Float(30.0)
