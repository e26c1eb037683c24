-- Datasets by their region.
-- where: skymap = 'rings' AND patch.region OVERLAPS CIRCLE(150.0, 2.0, 0.01)
SELECT coadd_tags.band AS band,
    overlap.skymap AS skymap,
    overlap.tract AS tract,
    overlap.patch AS patch,
    coadd_tags.dataset_id AS "coadd:dataset_id",
    CAST($1 AS text) AS "coadd:run",
    patch.region AS "patch:region"
FROM (
    SELECT DISTINCT patch_skypix_overlap.skymap AS skymap,
        patch_skypix_overlap.tract AS tract,
        patch_skypix_overlap.patch AS patch
    FROM NAMESPACE.patch_skypix_overlap AS patch_skypix_overlap
    WHERE (patch_skypix_overlap.skypix_system = $2)
        AND (patch_skypix_overlap.skypix_level = $3)
        AND (patch_skypix_overlap.skymap = $4)
        AND ((patch_skypix_overlap.skypix_index >= $5 AND patch_skypix_overlap.skypix_index < $6))
) AS overlap
JOIN NAMESPACE.dataset_tags_00000004 AS coadd_tags ON (overlap.patch = coadd_tags.patch)
    AND (overlap.skymap = coadd_tags.skymap)
    AND (overlap.tract = coadd_tags.tract)
JOIN NAMESPACE.patch AS patch ON (overlap.patch = patch.id)
    AND (overlap.skymap = patch.skymap)
    AND (overlap.tract = patch.tract)
WHERE (coadd_tags.dataset_type_id = $7)
    AND (coadd_tags.collection_id = $8)
    AND (overlap.skymap = $4)
-- $1 = Text("run/a")
-- $2 = Text("htm")
-- $3 = Int(7)
-- $4 = Text("rings")
-- $5 = Int(231869)
-- $6 = Int(231870)
-- $7 = Int(4)
-- $8 = Int(11)
