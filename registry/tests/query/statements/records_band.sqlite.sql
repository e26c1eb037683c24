-- Records of a dimension without a table.
SELECT band.band AS band
FROM (
    SELECT DISTINCT physical_filter.band AS band
    FROM physical_filter AS physical_filter
) AS band
