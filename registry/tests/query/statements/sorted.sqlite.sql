-- Order and limit.
-- where: instrument = 'HSC'
-- order by: -visit.timespan.begin, detector.full_name
-- limit: 10
SELECT detector.instrument AS instrument,
    detector.id AS detector,
    visit.id AS visit,
    physical_filter.band AS band,
    visit.day_obs AS day_obs,
    physical_filter.name AS physical_filter
FROM detector AS detector
JOIN physical_filter AS physical_filter ON detector.instrument = physical_filter.instrument
JOIN visit AS visit ON (detector.instrument = visit.instrument)
    AND (physical_filter.instrument = visit.instrument)
    AND (physical_filter.name = visit.physical_filter)
WHERE detector.instrument = $1
ORDER BY coalesce(visit.timespan_begin, 0) DESC, detector.full_name
LIMIT $2
-- $1 = Text("HSC")
-- $2 = Int(10)
