-- Arithmetic.
-- where: instrument = 'HSC' AND exposure % 2 = 0 AND (exposure.dark_time - exposure.exposure_time) * 2.0 < 1.5 AND -exposure.seq_num + 1 > -10
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
    AND (((exposure.id) % ($2)) = $3)
    AND (((((exposure.dark_time) - (exposure.exposure_time))) * ($4)) < $5)
    AND (((-(exposure.seq_num)) + ($6)) > -($7))
-- $1 = Text("HSC")
-- $2 = Int(2)
-- $3 = Int(0)
-- $4 = Float(2.0)
-- $5 = Float(1.5)
-- $6 = Int(1)
-- $7 = Int(10)
