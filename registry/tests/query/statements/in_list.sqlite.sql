-- Values, ranges and strides.
-- where: instrument = 'HSC' AND exposure IN (1, 10..20, 100..200:7) AND detector NOT IN (3, 9)
SELECT physical_filter.instrument AS instrument,
    detector.id AS detector,
    exposure.id AS exposure,
    physical_filter.band AS band,
    exposure.day_obs AS day_obs,
    exposure."group" AS "group",
    physical_filter.name AS physical_filter
FROM physical_filter AS physical_filter
JOIN exposure AS exposure ON (physical_filter.instrument = exposure.instrument)
    AND (physical_filter.name = exposure.physical_filter)
JOIN detector AS detector ON (physical_filter.instrument = detector.instrument)
    AND (exposure.instrument = detector.instrument)
WHERE (physical_filter.instrument = $1)
    AND ((exposure.id = $2) OR (exposure.id BETWEEN $3 AND $4) OR ((exposure.id BETWEEN $5 AND $6) AND (exposure.id % $7 = $8)))
    AND (NOT (detector.id = $9))
    AND (NOT (detector.id = $10))
-- $1 = Text("HSC")
-- $2 = Int(1)
-- $3 = Int(10)
-- $4 = Int(20)
-- $5 = Int(100)
-- $6 = Int(200)
-- $7 = Int(7)
-- $8 = Int(2)
-- $9 = Int(3)
-- $10 = Int(9)
