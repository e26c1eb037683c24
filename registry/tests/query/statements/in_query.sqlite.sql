-- A value that is in a column of another query.
-- where: instrument = 'HSC'
SELECT physical_filter.instrument AS instrument,
    visit.id AS visit,
    physical_filter.band AS band,
    visit.day_obs AS day_obs,
    physical_filter.name AS physical_filter
FROM physical_filter AS physical_filter
JOIN visit AS visit ON (physical_filter.instrument = visit.instrument)
    AND (physical_filter.name = visit.physical_filter)
WHERE (physical_filter.instrument = $1)
    AND (visit.id IN (
        SELECT member.visit
        FROM (
            SELECT DISTINCT calexp_tags.instrument AS instrument,
                calexp_tags.visit AS visit,
                physical_filter_2.band AS band,
                visit_2.day_obs AS day_obs,
                visit_2.physical_filter AS physical_filter
            FROM dataset_tags_00000002 AS calexp_tags
            JOIN visit AS visit_2 ON (calexp_tags.instrument = visit_2.instrument)
                AND (calexp_tags.visit = visit_2.id)
            JOIN physical_filter AS physical_filter_2 ON (calexp_tags.instrument = physical_filter_2.instrument)
                AND (visit_2.instrument = physical_filter_2.instrument)
                AND (visit_2.physical_filter = physical_filter_2.name)
            WHERE (calexp_tags.dataset_type_id = $2)
                AND (calexp_tags.collection_id = $3)
                AND ((calexp_tags.instrument = $1) AND (calexp_tags.detector = $4))
        ) AS member
    ))
-- $1 = Text("HSC")
-- $2 = Int(2)
-- $3 = Int(11)
-- $4 = Int(3)
