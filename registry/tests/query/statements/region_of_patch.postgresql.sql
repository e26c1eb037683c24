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
    FROM NAMESPACE.patch_skypix_overlap AS patch_skypix_overlap
    WHERE (patch_skypix_overlap.skypix_system = $1)
        AND (patch_skypix_overlap.skypix_level = $2)
        AND (patch_skypix_overlap.skymap = $3)
        AND ((patch_skypix_overlap.skypix_index >= $4 AND patch_skypix_overlap.skypix_index < $5))
) AS overlap
JOIN NAMESPACE.patch AS patch ON (overlap.patch = patch.id)
    AND (overlap.skymap = patch.skymap)
    AND (overlap.tract = patch.tract)
WHERE overlap.skymap = $3
-- $1 = Text("htm")
-- $2 = Int(7)
-- $3 = Text("rings")
-- $4 = Int(231869)
-- $5 = Int(231870)
