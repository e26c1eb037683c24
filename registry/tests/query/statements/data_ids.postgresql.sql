-- Data IDs of dimensions that are joined by their keys.
-- where: instrument = 'HSC'
SELECT physical_filter.instrument AS instrument,
    detector.id AS detector,
    visit.id AS visit,
    physical_filter.band AS band,
    visit.day_obs AS day_obs,
    physical_filter.name AS physical_filter
FROM NAMESPACE.physical_filter AS physical_filter
JOIN NAMESPACE.visit AS visit ON (physical_filter.instrument = visit.instrument)
    AND (physical_filter.name = visit.physical_filter)
JOIN NAMESPACE.detector AS detector ON (physical_filter.instrument = detector.instrument)
    AND (visit.instrument = detector.instrument)
WHERE physical_filter.instrument = $1
-- $1 = Text("HSC")
