-- Data IDs that are uploaded: all are one value, JSON text.
SELECT upload.instrument AS instrument,
    detector.id AS detector,
    upload.visit AS visit,
    physical_filter.band AS band,
    visit.day_obs AS day_obs,
    visit.physical_filter AS physical_filter
FROM (
    SELECT value ->> 0 AS instrument, CAST(value ->> 1 AS bigint) AS visit
    FROM json_array_elements(CAST($1 AS json)) AS uploaded(value)
) AS upload
JOIN NAMESPACE.visit AS visit ON (upload.instrument = visit.instrument)
    AND (upload.visit = visit.id)
JOIN NAMESPACE.physical_filter AS physical_filter ON (upload.instrument = physical_filter.instrument)
    AND (visit.instrument = physical_filter.instrument)
    AND (visit.physical_filter = physical_filter.name)
JOIN NAMESPACE.detector AS detector ON (upload.instrument = detector.instrument)
    AND (visit.instrument = detector.instrument)
    AND (physical_filter.instrument = detector.instrument)
-- $1 = Text("[[\"HSC\",1],[\"HSC\",2]]")
