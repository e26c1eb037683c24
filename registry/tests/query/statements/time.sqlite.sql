-- Times and timespans.
-- where: instrument = 'HSC' AND exposure.timespan OVERLAPS (T'2020-01-01T00:00:00/tai', T'2020-01-02T00:00:00/tai') AND exposure.timespan.end < T'2020-01-01T12:00:00/tai'
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
    AND ((exposure.timespan_end > $2) AND ($3 > exposure.timespan_begin))
    AND (coalesce(exposure.timespan_end, 0) < $4)
-- $1 = Text("HSC")
-- $2 = Int(1577836800000000000)
-- $3 = Int(1577923200000000000)
-- $4 = Int(1577880000000000000)
