-- Datasets by their region.
-- where: skymap = 'rings' AND patch.region OVERLAPS CIRCLE(150.0, 2.0, 0.01)
SELECT coadd_tags.band AS band,
    overlap.skymap AS skymap,
    overlap.tract AS tract,
    overlap.patch AS patch,
    coadd_tags.dataset_id AS "coadd:dataset_id",
    $1 AS "coadd:run",
    patch.region AS "patch:region"
FROM (
    SELECT DISTINCT patch_skypix_overlap.skymap AS skymap,
        patch_skypix_overlap.tract AS tract,
        patch_skypix_overlap.patch AS patch
    FROM (VALUES ($2, $3)) AS ranges
    CROSS JOIN patch_skypix_overlap AS patch_skypix_overlap ON true
    WHERE (patch_skypix_overlap.skypix_index >= ranges.column1)
        AND (patch_skypix_overlap.skypix_index < ranges.column2)
        AND (patch_skypix_overlap.skypix_system = $4)
        AND (patch_skypix_overlap.skypix_level = $5)
        AND (patch_skypix_overlap.skymap = $6)
) AS overlap
CROSS JOIN dataset_tags_00000004 AS coadd_tags ON (overlap.patch = coadd_tags.patch)
    AND (overlap.skymap = coadd_tags.skymap)
    AND (overlap.tract = coadd_tags.tract)
CROSS JOIN patch AS patch ON (overlap.patch = patch.id)
    AND (overlap.skymap = patch.skymap)
    AND (overlap.tract = patch.tract)
WHERE (coadd_tags.dataset_type_id = $7)
    AND (coadd_tags.collection_id = $8)
    AND (overlap.skymap = $6)
-- $1 = Text("run/a")
-- $2 = Int(231869)
-- $3 = Int(231870)
-- $4 = Text("htm")
-- $5 = Int(7)
-- $6 = Text("rings")
-- $7 = Int(4)
-- $8 = Int(11)
