"""What a repository holds, for drawing queries whose values exist."""

from __future__ import annotations

from collections import defaultdict

from lsst.daf.butler import Butler, CollectionType


class Facts:
    """Values of dimensions and fields, dataset types, and collections of a repository."""

    def __init__(self, butler: Butler):
        self.universe = butler.dimensions
        self.values: dict[str, list] = defaultdict(list)
        self.fields: dict[tuple[str, str], list] = defaultdict(list)
        self.records: dict[str, list] = {}
        with butler.query() as query:
            query = query._skip_governor_validation()
            for element in self.universe.elements:
                if element.has_own_table:
                    self.add_records(element, list(query.dimension_records(element.name).limit(3000)))
        self.values["band"] = sorted({r.band for r in self.records["physical_filter"] if r.band is not None})
        self.dataset_types = {t.name: t for t in butler.registry.queryDatasetTypes()}
        self.collections = sorted(info.name for info in butler.collections.query_info("*"))
        self.kinds = {c: butler.collections.get_info(c).type for c in self.collections}
        self.ids: dict[str, list] = {}
        self.holders: dict[str, list[str]] = defaultdict(list)
        for name in self.dataset_types:
            refs = butler.query_datasets(name, collections="*", find_first=False, explain=False, limit=500)
            self.ids[name] = [ref.id for ref in refs]
            infos = butler.collections.query_info("*", include_summary=True)
            self.holders[name] = sorted(i.name for i in infos if name in (i.dataset_types or ()))

    def add_records(self, element, records) -> None:
        self.records[element.name] = records
        for record in records:
            if element.name in self.universe.dimensions.names:
                self.values[element.name].append(record.dataId[element.name])
            for field in element.schema.remainder.names:
                value = getattr(record, field)
                if value is not None:
                    self.fields[element.name, field].append(value)

    def populated(self) -> list[str]:
        """Dimensions that have records."""
        return [d for d in self.universe.dimensions.names if self.values.get(d)]

    def is_calibration(self, collection: str) -> bool:
        return self.kinds[collection] is CollectionType.CALIBRATION
