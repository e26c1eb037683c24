-- Patches in a circle.
-- where: skymap = 'rings' AND patch.region OVERLAPS CIRCLE(150.0, 2.0, 0.01)
SELECT overlap.skymap AS skymap,
    overlap.tract AS tract,
    overlap.patch AS patch,
    patch.region AS "patch:region"
FROM (
    SELECT DISTINCT patch_skypix_overlap.skymap AS skymap,
        patch_skypix_overlap.tract AS tract,
        patch_skypix_overlap.patch AS patch
    FROM (VALUES ($1, $2)) AS ranges
    CROSS JOIN patch_skypix_overlap AS patch_skypix_overlap ON true
    WHERE (patch_skypix_overlap.skypix_index >= ranges.column1)
        AND (patch_skypix_overlap.skypix_index < ranges.column2)
        AND (patch_skypix_overlap.skypix_system = $3)
        AND (patch_skypix_overlap.skypix_level = $4)
        AND (patch_skypix_overlap.skymap = $5)
) AS overlap
CROSS JOIN patch AS patch ON (overlap.patch = patch.id)
    AND (overlap.skymap = patch.skymap)
    AND (overlap.tract = patch.tract)
WHERE overlap.skymap = $5
-- $1 = Int(231869)
-- $2 = Int(231870)
-- $3 = Text("htm")
-- $4 = Int(7)
-- $5 = Text("rings")
