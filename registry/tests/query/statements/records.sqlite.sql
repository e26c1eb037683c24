-- Records of an element, filtered by a field of one that it implies.
-- where: instrument = 'HSC' AND band = 'i'
SELECT physical_filter.instrument AS instrument,
    visit.id AS visit,
    visit.day_obs AS day_obs,
    physical_filter.name AS physical_filter,
    visit.name AS "visit:name",
    visit.seq_num AS "visit:seq_num",
    visit.exposure_time AS "visit:exposure_time",
    visit.target_name AS "visit:target_name",
    visit.observation_reason AS "visit:observation_reason",
    visit.science_program AS "visit:science_program",
    visit.azimuth AS "visit:azimuth",
    visit.zenith_angle AS "visit:zenith_angle",
    visit.region AS "visit:region",
    visit.timespan_begin AS "visit:timespan_begin",
    visit.timespan_end AS "visit:timespan_end"
FROM physical_filter AS physical_filter
JOIN visit AS visit ON (physical_filter.instrument = visit.instrument)
    AND (physical_filter.name = visit.physical_filter)
WHERE (physical_filter.instrument = $1)
    AND (physical_filter.band = $2)
-- $1 = Text("HSC")
-- $2 = Text("i")
