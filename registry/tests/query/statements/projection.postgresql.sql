-- Fewer dimensions than were joined.
-- where: instrument = 'HSC' AND detector > 50
-- order by: -physical_filter
SELECT DISTINCT physical_filter.instrument AS instrument,
    physical_filter.name AS physical_filter,
    physical_filter.band AS band
FROM NAMESPACE.physical_filter AS physical_filter
JOIN NAMESPACE.visit AS visit ON (physical_filter.instrument = visit.instrument)
    AND (physical_filter.name = visit.physical_filter)
JOIN NAMESPACE.detector AS detector ON (physical_filter.instrument = detector.instrument)
    AND (visit.instrument = detector.instrument)
WHERE (physical_filter.instrument = $1)
    AND (detector.id > $2)
ORDER BY physical_filter.name DESC
-- $1 = Text("HSC")
-- $2 = Int(50)
