-- The number of data IDs.
-- where: instrument = 'HSC' AND visit.exposure_time > 30.0
SELECT count(*)
FROM (
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
    WHERE (physical_filter.instrument = $1)
        AND (visit.exposure_time > $2)
) AS counted
-- $1 = Text("HSC")
-- $2 = Float(30.0)
