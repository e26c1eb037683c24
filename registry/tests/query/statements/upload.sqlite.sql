-- Data IDs that are uploaded: all are one value, JSON text.
SELECT upload.instrument AS instrument,
    detector.id AS detector,
    upload.visit AS visit,
    physical_filter.band AS band,
    visit.day_obs AS day_obs,
    visit.physical_filter AS physical_filter
FROM (
    SELECT json_extract(value, '$[0]') AS instrument, json_extract(value, '$[1]') AS visit
    FROM json_each($1)
) AS upload
JOIN visit AS visit ON (upload.instrument = visit.instrument)
    AND (upload.visit = visit.id)
JOIN physical_filter AS physical_filter ON (upload.instrument = physical_filter.instrument)
    AND (visit.instrument = physical_filter.instrument)
    AND (visit.physical_filter = physical_filter.name)
JOIN detector AS detector ON (upload.instrument = detector.instrument)
    AND (visit.instrument = detector.instrument)
    AND (physical_filter.instrument = detector.instrument)
-- $1 = Text("[[\"HSC\",1],[\"HSC\",2]]")
