-- A dimension without a table: the values that occur in the tables of those that imply it.
SELECT band.band AS band
FROM (
    SELECT DISTINCT physical_filter.band AS band
    FROM NAMESPACE.physical_filter AS physical_filter
) AS band
