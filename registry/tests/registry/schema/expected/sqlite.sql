CREATE TABLE butler_attributes (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);

CREATE TABLE collection (
	collection_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	type SMALLINT NOT NULL, 
	doc TEXT, 
	PRIMARY KEY (collection_id), 
	CONSTRAINT collection_unq_name UNIQUE (name)
);

CREATE INDEX collection_chain_fkidx_child ON collection_chain (child);
CREATE INDEX collection_chain_fkidx_parent ON collection_chain (parent);
CREATE TABLE collection_chain (
	parent BIGINT NOT NULL, 
	position SMALLINT NOT NULL, 
	child BIGINT NOT NULL, 
	PRIMARY KEY (parent, position), 
	CONSTRAINT fkey_collection_chain_collection_collection_id_parent FOREIGN KEY(parent) REFERENCES collection (collection_id) ON DELETE CASCADE, 
	CONSTRAINT fkey_collection_chain_collection_collection_id_child FOREIGN KEY(child) REFERENCES collection (collection_id)
);

CREATE INDEX collection_summary_dataset_type_fkidx_collection_id ON collection_summary_dataset_type (collection_id);
CREATE INDEX collection_summary_dataset_type_fkidx_dataset_type_id ON collection_summary_dataset_type (dataset_type_id);
CREATE TABLE collection_summary_dataset_type (
	collection_id BIGINT NOT NULL, 
	dataset_type_id BIGINT NOT NULL, 
	PRIMARY KEY (collection_id, dataset_type_id), 
	CONSTRAINT fkey_collection_summary_dataset_type_collection_collection_id_collection_id FOREIGN KEY(collection_id) REFERENCES collection (collection_id) ON DELETE CASCADE, 
	CONSTRAINT fkey_collection_summary_dataset_type_dataset_type_id_dataset_type_id FOREIGN KEY(dataset_type_id) REFERENCES dataset_type (id) ON DELETE CASCADE
);

CREATE INDEX collection_summary_instrument_fkidx_collection_id ON collection_summary_instrument (collection_id);
CREATE INDEX collection_summary_instrument_fkidx_instrument ON collection_summary_instrument (instrument);
CREATE TABLE collection_summary_instrument (
	collection_id BIGINT NOT NULL, 
	instrument VARCHAR(32) NOT NULL, 
	PRIMARY KEY (collection_id, instrument), 
	CONSTRAINT collection_summary_instrument_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT fkey_collection_summary_instrument_collection_collection_id_collection_id FOREIGN KEY(collection_id) REFERENCES collection (collection_id) ON DELETE CASCADE, 
	CONSTRAINT fkey_collection_summary_instrument_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name)
);

CREATE INDEX collection_summary_skymap_fkidx_collection_id ON collection_summary_skymap (collection_id);
CREATE INDEX collection_summary_skymap_fkidx_skymap ON collection_summary_skymap (skymap);
CREATE TABLE collection_summary_skymap (
	collection_id BIGINT NOT NULL, 
	skymap TEXT NOT NULL, 
	PRIMARY KEY (collection_id, skymap), 
	CONSTRAINT fkey_collection_summary_skymap_collection_collection_id_collection_id FOREIGN KEY(collection_id) REFERENCES collection (collection_id) ON DELETE CASCADE, 
	CONSTRAINT fkey_collection_summary_skymap_skymap_name_skymap FOREIGN KEY(skymap) REFERENCES skymap (name)
);

CREATE INDEX dataset_fkidx_dataset_type_id ON dataset (dataset_type_id);
CREATE INDEX dataset_fkidx_run_id ON dataset (run_id);
CREATE TABLE dataset (
	id CHAR(32) NOT NULL, 
	dataset_type_id BIGINT NOT NULL, 
	ingest_date BIGINT NOT NULL, 
	run_id BIGINT NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT fkey_dataset_dataset_type_id_dataset_type_id FOREIGN KEY(dataset_type_id) REFERENCES dataset_type (id), 
	CONSTRAINT fkey_dataset_run_collection_id_run_id FOREIGN KEY(run_id) REFERENCES run (collection_id) ON DELETE CASCADE
);

CREATE INDEX dataset_calibs_00000000_fkidx_collection_id ON dataset_calibs_00000000 (collection_id);
CREATE INDEX dataset_calibs_00000000_fkidx_collection_id_dataset_type_id ON dataset_calibs_00000000 (collection_id, dataset_type_id);
CREATE INDEX dataset_calibs_00000000_fkidx_dataset_id ON dataset_calibs_00000000 (dataset_id);
CREATE INDEX dataset_calibs_00000000_fkidx_dataset_type_id ON dataset_calibs_00000000 (dataset_type_id);
CREATE INDEX dataset_calibs_00000000_idx_dataset_type_id_collection_id_timespan_begin_timespan_end ON dataset_calibs_00000000 (dataset_type_id, collection_id, timespan_begin, timespan_end);
CREATE TABLE dataset_calibs_00000000 (
	id INTEGER NOT NULL, 
	dataset_type_id BIGINT NOT NULL, 
	dataset_id CHAR(32) NOT NULL, 
	collection_id BIGINT NOT NULL, 
	timespan_begin BIGINT DEFAULT 0 NOT NULL, 
	timespan_end BIGINT DEFAULT 4102444800000000000 NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT fkey_dataset_calibs_00000000_dataset_type_id_dataset_type_id FOREIGN KEY(dataset_type_id) REFERENCES dataset_type (id), 
	CONSTRAINT fkey_dataset_calibs_00000000_dataset_id_dataset_id FOREIGN KEY(dataset_id) REFERENCES dataset (id) ON DELETE CASCADE, 
	CONSTRAINT fkey_dataset_calibs_00000000_collection_collection_id_collection_id FOREIGN KEY(collection_id) REFERENCES collection (collection_id) ON DELETE CASCADE, 
	CONSTRAINT fkey_dataset_calibs_00000000_collection_summary_dataset_type_collection_id_dataset_type_id_collection_id_dataset_type_id FOREIGN KEY(collection_id, dataset_type_id) REFERENCES collection_summary_dataset_type (collection_id, dataset_type_id)
);

CREATE INDEX dataset_calibs_00000001_fkidx_collection_id ON dataset_calibs_00000001 (collection_id);
CREATE INDEX dataset_calibs_00000001_fkidx_collection_id_dataset_type_id ON dataset_calibs_00000001 (collection_id, dataset_type_id);
CREATE INDEX dataset_calibs_00000001_fkidx_collection_id_instrument ON dataset_calibs_00000001 (collection_id, instrument);
CREATE INDEX dataset_calibs_00000001_fkidx_dataset_id ON dataset_calibs_00000001 (dataset_id);
CREATE INDEX dataset_calibs_00000001_fkidx_dataset_type_id ON dataset_calibs_00000001 (dataset_type_id);
CREATE INDEX dataset_calibs_00000001_fkidx_instrument ON dataset_calibs_00000001 (instrument);
CREATE INDEX dataset_calibs_00000001_fkidx_instrument_detector ON dataset_calibs_00000001 (instrument, detector);
CREATE INDEX dataset_calibs_00000001_idx_dataset_type_id_collection_id_instrument_detector_timespan_begin_timespan_end ON dataset_calibs_00000001 (dataset_type_id, collection_id, instrument, detector, timespan_begin, timespan_end);
CREATE TABLE dataset_calibs_00000001 (
	id INTEGER NOT NULL, 
	dataset_type_id BIGINT NOT NULL, 
	dataset_id CHAR(32) NOT NULL, 
	collection_id BIGINT NOT NULL, 
	instrument VARCHAR(32) NOT NULL, 
	detector BIGINT NOT NULL, 
	timespan_begin BIGINT DEFAULT 0 NOT NULL, 
	timespan_end BIGINT DEFAULT 4102444800000000000 NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT dataset_calibs_00000001_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT fkey_dataset_calibs_00000001_dataset_type_id_dataset_type_id FOREIGN KEY(dataset_type_id) REFERENCES dataset_type (id), 
	CONSTRAINT fkey_dataset_calibs_00000001_dataset_id_dataset_id FOREIGN KEY(dataset_id) REFERENCES dataset (id) ON DELETE CASCADE, 
	CONSTRAINT fkey_dataset_calibs_00000001_collection_collection_id_collection_id FOREIGN KEY(collection_id) REFERENCES collection (collection_id) ON DELETE CASCADE, 
	CONSTRAINT fkey_dataset_calibs_00000001_collection_summary_dataset_type_collection_id_dataset_type_id_collection_id_dataset_type_id FOREIGN KEY(collection_id, dataset_type_id) REFERENCES collection_summary_dataset_type (collection_id, dataset_type_id), 
	CONSTRAINT fkey_dataset_calibs_00000001_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name), 
	CONSTRAINT fkey_dataset_calibs_00000001_collection_summary_instrument_collection_id_instrument_collection_id_instrument FOREIGN KEY(collection_id, instrument) REFERENCES collection_summary_instrument (collection_id, instrument), 
	CONSTRAINT fkey_dataset_calibs_00000001_detector_instrument_id_instrument_detector FOREIGN KEY(instrument, detector) REFERENCES detector (instrument, id)
);

CREATE INDEX dataset_calibs_00000002_fkidx_collection_id ON dataset_calibs_00000002 (collection_id);
CREATE INDEX dataset_calibs_00000002_fkidx_collection_id_dataset_type_id ON dataset_calibs_00000002 (collection_id, dataset_type_id);
CREATE INDEX dataset_calibs_00000002_fkidx_collection_id_instrument ON dataset_calibs_00000002 (collection_id, instrument);
CREATE INDEX dataset_calibs_00000002_fkidx_collection_id_skymap ON dataset_calibs_00000002 (collection_id, skymap);
CREATE INDEX dataset_calibs_00000002_fkidx_dataset_id ON dataset_calibs_00000002 (dataset_id);
CREATE INDEX dataset_calibs_00000002_fkidx_dataset_type_id ON dataset_calibs_00000002 (dataset_type_id);
CREATE INDEX dataset_calibs_00000002_fkidx_instrument ON dataset_calibs_00000002 (instrument);
CREATE INDEX dataset_calibs_00000002_fkidx_instrument_detector ON dataset_calibs_00000002 (instrument, detector);
CREATE INDEX dataset_calibs_00000002_fkidx_instrument_visit ON dataset_calibs_00000002 (instrument, visit);
CREATE INDEX dataset_calibs_00000002_fkidx_skymap ON dataset_calibs_00000002 (skymap);
CREATE INDEX dataset_calibs_00000002_fkidx_skymap_tract ON dataset_calibs_00000002 (skymap, tract);
CREATE INDEX dataset_calibs_00000002_fkidx_skymap_tract_patch ON dataset_calibs_00000002 (skymap, tract, patch);
CREATE INDEX dataset_calibs_00000002_idx_dataset_type_id_collection_id_instrument_skymap_detector_tract_patch_visit_timespan_begin_timespan_end ON dataset_calibs_00000002 (dataset_type_id, collection_id, instrument, skymap, detector, tract, patch, visit, timespan_begin, timespan_end);
CREATE TABLE dataset_calibs_00000002 (
	id INTEGER NOT NULL, 
	dataset_type_id BIGINT NOT NULL, 
	dataset_id CHAR(32) NOT NULL, 
	collection_id BIGINT NOT NULL, 
	instrument VARCHAR(32) NOT NULL, 
	skymap TEXT NOT NULL, 
	detector BIGINT NOT NULL, 
	tract BIGINT NOT NULL, 
	patch BIGINT NOT NULL, 
	visit BIGINT NOT NULL, 
	timespan_begin BIGINT DEFAULT 0 NOT NULL, 
	timespan_end BIGINT DEFAULT 4102444800000000000 NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT dataset_calibs_00000002_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT fkey_dataset_calibs_00000002_dataset_type_id_dataset_type_id FOREIGN KEY(dataset_type_id) REFERENCES dataset_type (id), 
	CONSTRAINT fkey_dataset_calibs_00000002_dataset_id_dataset_id FOREIGN KEY(dataset_id) REFERENCES dataset (id) ON DELETE CASCADE, 
	CONSTRAINT fkey_dataset_calibs_00000002_collection_collection_id_collection_id FOREIGN KEY(collection_id) REFERENCES collection (collection_id) ON DELETE CASCADE, 
	CONSTRAINT fkey_dataset_calibs_00000002_collection_summary_dataset_type_collection_id_dataset_type_id_collection_id_dataset_type_id FOREIGN KEY(collection_id, dataset_type_id) REFERENCES collection_summary_dataset_type (collection_id, dataset_type_id), 
	CONSTRAINT fkey_dataset_calibs_00000002_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name), 
	CONSTRAINT fkey_dataset_calibs_00000002_collection_summary_instrument_collection_id_instrument_collection_id_instrument FOREIGN KEY(collection_id, instrument) REFERENCES collection_summary_instrument (collection_id, instrument), 
	CONSTRAINT fkey_dataset_calibs_00000002_skymap_name_skymap FOREIGN KEY(skymap) REFERENCES skymap (name), 
	CONSTRAINT fkey_dataset_calibs_00000002_collection_summary_skymap_collection_id_skymap_collection_id_skymap FOREIGN KEY(collection_id, skymap) REFERENCES collection_summary_skymap (collection_id, skymap), 
	CONSTRAINT fkey_dataset_calibs_00000002_detector_instrument_id_instrument_detector FOREIGN KEY(instrument, detector) REFERENCES detector (instrument, id), 
	CONSTRAINT fkey_dataset_calibs_00000002_tract_skymap_id_skymap_tract FOREIGN KEY(skymap, tract) REFERENCES tract (skymap, id), 
	CONSTRAINT fkey_dataset_calibs_00000002_patch_skymap_tract_id_skymap_tract_patch FOREIGN KEY(skymap, tract, patch) REFERENCES patch (skymap, tract, id), 
	CONSTRAINT fkey_dataset_calibs_00000002_visit_instrument_id_instrument_visit FOREIGN KEY(instrument, visit) REFERENCES visit (instrument, id)
);

CREATE INDEX dataset_calibs_00000003_fkidx_collection_id ON dataset_calibs_00000003 (collection_id);
CREATE INDEX dataset_calibs_00000003_fkidx_collection_id_dataset_type_id ON dataset_calibs_00000003 (collection_id, dataset_type_id);
CREATE INDEX dataset_calibs_00000003_fkidx_dataset_id ON dataset_calibs_00000003 (dataset_id);
CREATE INDEX dataset_calibs_00000003_fkidx_dataset_type_id ON dataset_calibs_00000003 (dataset_type_id);
CREATE INDEX dataset_calibs_00000003_idx_dataset_type_id_collection_id_band_htm7_timespan_begin_timespan_end ON dataset_calibs_00000003 (dataset_type_id, collection_id, band, htm7, timespan_begin, timespan_end);
CREATE TABLE dataset_calibs_00000003 (
	id INTEGER NOT NULL, 
	dataset_type_id BIGINT NOT NULL, 
	dataset_id CHAR(32) NOT NULL, 
	collection_id BIGINT NOT NULL, 
	band VARCHAR(32) NOT NULL, 
	htm7 BIGINT NOT NULL, 
	timespan_begin BIGINT DEFAULT 0 NOT NULL, 
	timespan_end BIGINT DEFAULT 4102444800000000000 NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT dataset_calibs_00000003_len_band CHECK (length("band")<=32 AND length("band")>=1), 
	CONSTRAINT fkey_dataset_calibs_00000003_dataset_type_id_dataset_type_id FOREIGN KEY(dataset_type_id) REFERENCES dataset_type (id), 
	CONSTRAINT fkey_dataset_calibs_00000003_dataset_id_dataset_id FOREIGN KEY(dataset_id) REFERENCES dataset (id) ON DELETE CASCADE, 
	CONSTRAINT fkey_dataset_calibs_00000003_collection_collection_id_collection_id FOREIGN KEY(collection_id) REFERENCES collection (collection_id) ON DELETE CASCADE, 
	CONSTRAINT fkey_dataset_calibs_00000003_collection_summary_dataset_type_collection_id_dataset_type_id_collection_id_dataset_type_id FOREIGN KEY(collection_id, dataset_type_id) REFERENCES collection_summary_dataset_type (collection_id, dataset_type_id)
);

CREATE INDEX dataset_location_fkidx_dataset_id ON dataset_location (dataset_id);
CREATE TABLE dataset_location (
	datastore_name TEXT NOT NULL, 
	dataset_id CHAR(32) NOT NULL, 
	PRIMARY KEY (datastore_name, dataset_id), 
	CONSTRAINT fkey_dataset_location_dataset_id_dataset_id FOREIGN KEY(dataset_id) REFERENCES dataset (id)
);

CREATE TABLE dataset_location_trash (
	dataset_id CHAR(32) NOT NULL, 
	datastore_name TEXT NOT NULL, 
	PRIMARY KEY (dataset_id, datastore_name)
);

CREATE INDEX dataset_tags_00000000_fkidx_collection_id ON dataset_tags_00000000 (collection_id);
CREATE INDEX dataset_tags_00000000_fkidx_collection_id_dataset_type_id ON dataset_tags_00000000 (collection_id, dataset_type_id);
CREATE INDEX dataset_tags_00000000_fkidx_dataset_id ON dataset_tags_00000000 (dataset_id);
CREATE INDEX dataset_tags_00000000_fkidx_dataset_type_id ON dataset_tags_00000000 (dataset_type_id);
CREATE TABLE dataset_tags_00000000 (
	dataset_type_id BIGINT NOT NULL, 
	dataset_id CHAR(32) NOT NULL, 
	collection_id BIGINT NOT NULL, 
	PRIMARY KEY (dataset_id, collection_id), 
	CONSTRAINT dataset_tags_00000000_unq_dataset_type_id_collection_id UNIQUE (dataset_type_id, collection_id), 
	CONSTRAINT fkey_dataset_tags_00000000_dataset_type_id_dataset_type_id FOREIGN KEY(dataset_type_id) REFERENCES dataset_type (id), 
	CONSTRAINT fkey_dataset_tags_00000000_dataset_id_dataset_id FOREIGN KEY(dataset_id) REFERENCES dataset (id) ON DELETE CASCADE, 
	CONSTRAINT fkey_dataset_tags_00000000_collection_collection_id_collection_id FOREIGN KEY(collection_id) REFERENCES collection (collection_id) ON DELETE CASCADE, 
	CONSTRAINT fkey_dataset_tags_00000000_collection_summary_dataset_type_collection_id_dataset_type_id_collection_id_dataset_type_id FOREIGN KEY(collection_id, dataset_type_id) REFERENCES collection_summary_dataset_type (collection_id, dataset_type_id)
);

CREATE INDEX dataset_tags_00000001_fkidx_collection_id ON dataset_tags_00000001 (collection_id);
CREATE INDEX dataset_tags_00000001_fkidx_collection_id_dataset_type_id ON dataset_tags_00000001 (collection_id, dataset_type_id);
CREATE INDEX dataset_tags_00000001_fkidx_collection_id_instrument ON dataset_tags_00000001 (collection_id, instrument);
CREATE INDEX dataset_tags_00000001_fkidx_dataset_id ON dataset_tags_00000001 (dataset_id);
CREATE INDEX dataset_tags_00000001_fkidx_dataset_type_id ON dataset_tags_00000001 (dataset_type_id);
CREATE INDEX dataset_tags_00000001_fkidx_instrument ON dataset_tags_00000001 (instrument);
CREATE INDEX dataset_tags_00000001_fkidx_instrument_detector ON dataset_tags_00000001 (instrument, detector);
CREATE TABLE dataset_tags_00000001 (
	dataset_type_id BIGINT NOT NULL, 
	dataset_id CHAR(32) NOT NULL, 
	collection_id BIGINT NOT NULL, 
	instrument VARCHAR(32) NOT NULL, 
	detector BIGINT NOT NULL, 
	PRIMARY KEY (dataset_id, collection_id), 
	CONSTRAINT dataset_tags_00000001_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT dataset_tags_00000001_unq_dataset_type_id_collection_id_instrument_detector UNIQUE (dataset_type_id, collection_id, instrument, detector), 
	CONSTRAINT fkey_dataset_tags_00000001_dataset_type_id_dataset_type_id FOREIGN KEY(dataset_type_id) REFERENCES dataset_type (id), 
	CONSTRAINT fkey_dataset_tags_00000001_dataset_id_dataset_id FOREIGN KEY(dataset_id) REFERENCES dataset (id) ON DELETE CASCADE, 
	CONSTRAINT fkey_dataset_tags_00000001_collection_collection_id_collection_id FOREIGN KEY(collection_id) REFERENCES collection (collection_id) ON DELETE CASCADE, 
	CONSTRAINT fkey_dataset_tags_00000001_collection_summary_dataset_type_collection_id_dataset_type_id_collection_id_dataset_type_id FOREIGN KEY(collection_id, dataset_type_id) REFERENCES collection_summary_dataset_type (collection_id, dataset_type_id), 
	CONSTRAINT fkey_dataset_tags_00000001_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name), 
	CONSTRAINT fkey_dataset_tags_00000001_collection_summary_instrument_collection_id_instrument_collection_id_instrument FOREIGN KEY(collection_id, instrument) REFERENCES collection_summary_instrument (collection_id, instrument), 
	CONSTRAINT fkey_dataset_tags_00000001_detector_instrument_id_instrument_detector FOREIGN KEY(instrument, detector) REFERENCES detector (instrument, id)
);

CREATE INDEX dataset_tags_00000002_fkidx_collection_id ON dataset_tags_00000002 (collection_id);
CREATE INDEX dataset_tags_00000002_fkidx_collection_id_dataset_type_id ON dataset_tags_00000002 (collection_id, dataset_type_id);
CREATE INDEX dataset_tags_00000002_fkidx_collection_id_instrument ON dataset_tags_00000002 (collection_id, instrument);
CREATE INDEX dataset_tags_00000002_fkidx_collection_id_skymap ON dataset_tags_00000002 (collection_id, skymap);
CREATE INDEX dataset_tags_00000002_fkidx_dataset_id ON dataset_tags_00000002 (dataset_id);
CREATE INDEX dataset_tags_00000002_fkidx_dataset_type_id ON dataset_tags_00000002 (dataset_type_id);
CREATE INDEX dataset_tags_00000002_fkidx_instrument ON dataset_tags_00000002 (instrument);
CREATE INDEX dataset_tags_00000002_fkidx_instrument_detector ON dataset_tags_00000002 (instrument, detector);
CREATE INDEX dataset_tags_00000002_fkidx_instrument_visit ON dataset_tags_00000002 (instrument, visit);
CREATE INDEX dataset_tags_00000002_fkidx_skymap ON dataset_tags_00000002 (skymap);
CREATE INDEX dataset_tags_00000002_fkidx_skymap_tract ON dataset_tags_00000002 (skymap, tract);
CREATE INDEX dataset_tags_00000002_fkidx_skymap_tract_patch ON dataset_tags_00000002 (skymap, tract, patch);
CREATE TABLE dataset_tags_00000002 (
	dataset_type_id BIGINT NOT NULL, 
	dataset_id CHAR(32) NOT NULL, 
	collection_id BIGINT NOT NULL, 
	instrument VARCHAR(32) NOT NULL, 
	skymap TEXT NOT NULL, 
	detector BIGINT NOT NULL, 
	tract BIGINT NOT NULL, 
	patch BIGINT NOT NULL, 
	visit BIGINT NOT NULL, 
	PRIMARY KEY (dataset_id, collection_id), 
	CONSTRAINT dataset_tags_00000002_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT dataset_tags_00000002_unq_dataset_type_id_collection_id_instrument_skymap_detector_tract_patch_visit UNIQUE (dataset_type_id, collection_id, instrument, skymap, detector, tract, patch, visit), 
	CONSTRAINT fkey_dataset_tags_00000002_dataset_type_id_dataset_type_id FOREIGN KEY(dataset_type_id) REFERENCES dataset_type (id), 
	CONSTRAINT fkey_dataset_tags_00000002_dataset_id_dataset_id FOREIGN KEY(dataset_id) REFERENCES dataset (id) ON DELETE CASCADE, 
	CONSTRAINT fkey_dataset_tags_00000002_collection_collection_id_collection_id FOREIGN KEY(collection_id) REFERENCES collection (collection_id) ON DELETE CASCADE, 
	CONSTRAINT fkey_dataset_tags_00000002_collection_summary_dataset_type_collection_id_dataset_type_id_collection_id_dataset_type_id FOREIGN KEY(collection_id, dataset_type_id) REFERENCES collection_summary_dataset_type (collection_id, dataset_type_id), 
	CONSTRAINT fkey_dataset_tags_00000002_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name), 
	CONSTRAINT fkey_dataset_tags_00000002_collection_summary_instrument_collection_id_instrument_collection_id_instrument FOREIGN KEY(collection_id, instrument) REFERENCES collection_summary_instrument (collection_id, instrument), 
	CONSTRAINT fkey_dataset_tags_00000002_skymap_name_skymap FOREIGN KEY(skymap) REFERENCES skymap (name), 
	CONSTRAINT fkey_dataset_tags_00000002_collection_summary_skymap_collection_id_skymap_collection_id_skymap FOREIGN KEY(collection_id, skymap) REFERENCES collection_summary_skymap (collection_id, skymap), 
	CONSTRAINT fkey_dataset_tags_00000002_detector_instrument_id_instrument_detector FOREIGN KEY(instrument, detector) REFERENCES detector (instrument, id), 
	CONSTRAINT fkey_dataset_tags_00000002_tract_skymap_id_skymap_tract FOREIGN KEY(skymap, tract) REFERENCES tract (skymap, id), 
	CONSTRAINT fkey_dataset_tags_00000002_patch_skymap_tract_id_skymap_tract_patch FOREIGN KEY(skymap, tract, patch) REFERENCES patch (skymap, tract, id), 
	CONSTRAINT fkey_dataset_tags_00000002_visit_instrument_id_instrument_visit FOREIGN KEY(instrument, visit) REFERENCES visit (instrument, id)
);

CREATE INDEX dataset_tags_00000003_fkidx_collection_id ON dataset_tags_00000003 (collection_id);
CREATE INDEX dataset_tags_00000003_fkidx_collection_id_dataset_type_id ON dataset_tags_00000003 (collection_id, dataset_type_id);
CREATE INDEX dataset_tags_00000003_fkidx_dataset_id ON dataset_tags_00000003 (dataset_id);
CREATE INDEX dataset_tags_00000003_fkidx_dataset_type_id ON dataset_tags_00000003 (dataset_type_id);
CREATE TABLE dataset_tags_00000003 (
	dataset_type_id BIGINT NOT NULL, 
	dataset_id CHAR(32) NOT NULL, 
	collection_id BIGINT NOT NULL, 
	band VARCHAR(32) NOT NULL, 
	htm7 BIGINT NOT NULL, 
	PRIMARY KEY (dataset_id, collection_id), 
	CONSTRAINT dataset_tags_00000003_len_band CHECK (length("band")<=32 AND length("band")>=1), 
	CONSTRAINT dataset_tags_00000003_unq_dataset_type_id_collection_id_band_htm7 UNIQUE (dataset_type_id, collection_id, band, htm7), 
	CONSTRAINT fkey_dataset_tags_00000003_dataset_type_id_dataset_type_id FOREIGN KEY(dataset_type_id) REFERENCES dataset_type (id), 
	CONSTRAINT fkey_dataset_tags_00000003_dataset_id_dataset_id FOREIGN KEY(dataset_id) REFERENCES dataset (id) ON DELETE CASCADE, 
	CONSTRAINT fkey_dataset_tags_00000003_collection_collection_id_collection_id FOREIGN KEY(collection_id) REFERENCES collection (collection_id) ON DELETE CASCADE, 
	CONSTRAINT fkey_dataset_tags_00000003_collection_summary_dataset_type_collection_id_dataset_type_id_collection_id_dataset_type_id FOREIGN KEY(collection_id, dataset_type_id) REFERENCES collection_summary_dataset_type (collection_id, dataset_type_id)
);

CREATE TABLE dataset_type (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	storage_class TEXT NOT NULL, 
	dimensions_key BIGINT NOT NULL, 
	tag_association_table TEXT NOT NULL, 
	calibration_association_table TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT dataset_type_unq_name UNIQUE (name)
);

CREATE INDEX day_obs_fkidx_instrument ON day_obs (instrument);
CREATE TABLE day_obs (
	instrument VARCHAR(32) NOT NULL, 
	id BIGINT NOT NULL, 
	timespan_begin BIGINT, 
	timespan_end BIGINT, 
	PRIMARY KEY (instrument, id), 
	CONSTRAINT day_obs_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT fkey_day_obs_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name)
);

CREATE INDEX detector_fkidx_instrument ON detector (instrument);
CREATE TABLE detector (
	instrument VARCHAR(32) NOT NULL, 
	id BIGINT NOT NULL, 
	full_name VARCHAR(32), 
	name_in_raft VARCHAR(32), 
	raft VARCHAR(32), 
	purpose VARCHAR(32), 
	PRIMARY KEY (instrument, id), 
	CONSTRAINT detector_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT detector_len_full_name CHECK (length("full_name")<=32 AND length("full_name")>=1), 
	CONSTRAINT detector_len_name_in_raft CHECK (length("name_in_raft")<=32 AND length("name_in_raft")>=1), 
	CONSTRAINT detector_len_raft CHECK (length("raft")<=32 AND length("raft")>=1), 
	CONSTRAINT detector_len_purpose CHECK (length("purpose")<=32 AND length("purpose")>=1), 
	CONSTRAINT detector_unq_instrument_full_name UNIQUE (instrument, full_name), 
	CONSTRAINT fkey_detector_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name)
);

CREATE INDEX dimension_graph_definition_fkidx_dimension_graph_id ON dimension_graph_definition (dimension_graph_id);
CREATE TABLE dimension_graph_definition (
	dimension_graph_id BIGINT NOT NULL, 
	dimension_name TEXT NOT NULL, 
	PRIMARY KEY (dimension_graph_id, dimension_name), 
	CONSTRAINT fkey_dimension_graph_definition_dimension_graph_key_id_dimension_graph_id FOREIGN KEY(dimension_graph_id) REFERENCES dimension_graph_key (id) ON DELETE CASCADE
);

CREATE TABLE dimension_graph_key (
	id INTEGER NOT NULL, 
	PRIMARY KEY (id)
);

CREATE INDEX exposure_fkidx_instrument ON exposure (instrument);
CREATE INDEX exposure_fkidx_instrument_day_obs ON exposure (instrument, day_obs);
CREATE INDEX exposure_fkidx_instrument_group ON exposure (instrument, "group");
CREATE INDEX exposure_fkidx_instrument_physical_filter ON exposure (instrument, physical_filter);
CREATE TABLE exposure (
	instrument VARCHAR(32) NOT NULL, 
	id BIGINT NOT NULL, 
	day_obs BIGINT NOT NULL, 
	"group" TEXT NOT NULL, 
	physical_filter VARCHAR(32) NOT NULL, 
	obs_id TEXT, 
	exposure_time FLOAT, 
	dark_time FLOAT, 
	observation_type VARCHAR(16), 
	observation_reason TEXT, 
	seq_num BIGINT, 
	seq_start BIGINT, 
	seq_end BIGINT, 
	target_name TEXT, 
	science_program TEXT, 
	tracking_ra FLOAT, 
	tracking_dec FLOAT, 
	sky_angle FLOAT, 
	azimuth FLOAT, 
	zenith_angle FLOAT, 
	has_simulated BOOLEAN, 
	can_see_sky BOOLEAN, 
	timespan_begin BIGINT, 
	timespan_end BIGINT, 
	PRIMARY KEY (instrument, id), 
	CONSTRAINT exposure_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT exposure_len_physical_filter CHECK (length("physical_filter")<=32 AND length("physical_filter")>=1), 
	CONSTRAINT exposure_len_observation_type CHECK (length("observation_type")<=16 AND length("observation_type")>=1), 
	CONSTRAINT exposure_unq_instrument_obs_id UNIQUE (instrument, obs_id), 
	CONSTRAINT fkey_exposure_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name), 
	CONSTRAINT fkey_exposure_day_obs_instrument_id_instrument_day_obs FOREIGN KEY(instrument, day_obs) REFERENCES day_obs (instrument, id), 
	CONSTRAINT fkey_exposure_group_instrument_name_instrument_group FOREIGN KEY(instrument, "group") REFERENCES "group" (instrument, name), 
	CONSTRAINT fkey_exposure_physical_filter_instrument_name_instrument_physical_filter FOREIGN KEY(instrument, physical_filter) REFERENCES physical_filter (instrument, name)
);

CREATE INDEX file_datastore_records_idx_path ON file_datastore_records (path);
CREATE TABLE file_datastore_records (
	dataset_id CHAR(32) NOT NULL, 
	path TEXT NOT NULL, 
	formatter TEXT NOT NULL, 
	storage_class TEXT NOT NULL, 
	component VARCHAR(32) NOT NULL, 
	checksum TEXT, 
	file_size BIGINT, 
	PRIMARY KEY (dataset_id, component), 
	CONSTRAINT file_datastore_records_len_component CHECK (length("component")<=32 AND length("component")>=1)
);

CREATE INDEX group_fkidx_instrument ON "group" (instrument);
CREATE TABLE "group" (
	instrument VARCHAR(32) NOT NULL, 
	name TEXT NOT NULL, 
	PRIMARY KEY (instrument, name), 
	CONSTRAINT group_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT fkey_group_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name)
);

CREATE TABLE instrument (
	name VARCHAR(32) NOT NULL, 
	visit_max BIGINT, 
	visit_system BIGINT, 
	exposure_max BIGINT, 
	detector_max BIGINT, 
	class_name TEXT, 
	PRIMARY KEY (name), 
	CONSTRAINT instrument_len_name CHECK (length("name")<=32 AND length("name")>=1)
);

CREATE TABLE opaque_meta (
	table_name TEXT NOT NULL, 
	PRIMARY KEY (table_name)
);

CREATE INDEX patch_fkidx_skymap ON patch (skymap);
CREATE INDEX patch_fkidx_skymap_tract ON patch (skymap, tract);
CREATE TABLE patch (
	skymap TEXT NOT NULL, 
	tract BIGINT NOT NULL, 
	id BIGINT NOT NULL, 
	cell_x BIGINT, 
	cell_y BIGINT, 
	region TEXT, 
	PRIMARY KEY (skymap, tract, id), 
	CONSTRAINT fkey_patch_skymap_name_skymap FOREIGN KEY(skymap) REFERENCES skymap (name), 
	CONSTRAINT fkey_patch_tract_skymap_id_skymap_tract FOREIGN KEY(skymap, tract) REFERENCES tract (skymap, id)
);

CREATE INDEX patch_skypix_overlap_fkidx_skymap ON patch_skypix_overlap (skymap);
CREATE INDEX patch_skypix_overlap_fkidx_skymap_tract ON patch_skypix_overlap (skymap, tract);
CREATE INDEX patch_skypix_overlap_fkidx_skymap_tract_patch ON patch_skypix_overlap (skymap, tract, patch);
CREATE INDEX patch_skypix_overlap_fkidx_skypix_system_skypix_level_skymap ON patch_skypix_overlap (skypix_system, skypix_level, skymap);
CREATE INDEX patch_skypix_overlap_idx_skypix_system_skypix_level_skypix_index_skymap_tract_patch ON patch_skypix_overlap (skypix_system, skypix_level, skypix_index, skymap, tract, patch);
CREATE TABLE patch_skypix_overlap (
	skypix_system VARCHAR(16) NOT NULL, 
	skypix_level SMALLINT NOT NULL, 
	skymap TEXT NOT NULL, 
	tract BIGINT NOT NULL, 
	patch BIGINT NOT NULL, 
	skypix_index BIGINT NOT NULL, 
	PRIMARY KEY (skypix_system, skypix_level, skymap, tract, patch, skypix_index), 
	CONSTRAINT patch_skypix_overlap_len_skypix_system CHECK (length("skypix_system")<=16 AND length("skypix_system")>=1), 
	CONSTRAINT fkey_patch_skypix_overlap_patch_skypix_overlap_summary_skypix_system_skypix_level_skymap_skypix_system_skypix_level_skymap FOREIGN KEY(skypix_system, skypix_level, skymap) REFERENCES patch_skypix_overlap_summary (skypix_system, skypix_level, skymap) ON DELETE CASCADE, 
	CONSTRAINT fkey_patch_skypix_overlap_skymap_name_skymap FOREIGN KEY(skymap) REFERENCES skymap (name), 
	CONSTRAINT fkey_patch_skypix_overlap_tract_skymap_id_skymap_tract FOREIGN KEY(skymap, tract) REFERENCES tract (skymap, id), 
	CONSTRAINT fkey_patch_skypix_overlap_patch_skymap_tract_id_skymap_tract_patch FOREIGN KEY(skymap, tract, patch) REFERENCES patch (skymap, tract, id)
);

CREATE INDEX patch_skypix_overlap_summary_fkidx_skymap ON patch_skypix_overlap_summary (skymap);
CREATE TABLE patch_skypix_overlap_summary (
	skypix_system VARCHAR(16) NOT NULL, 
	skypix_level SMALLINT NOT NULL, 
	skymap TEXT NOT NULL, 
	PRIMARY KEY (skypix_system, skypix_level, skymap), 
	CONSTRAINT patch_skypix_overlap_summary_len_skypix_system CHECK (length("skypix_system")<=16 AND length("skypix_system")>=1), 
	CONSTRAINT fkey_patch_skypix_overlap_summary_skymap_name_skymap FOREIGN KEY(skymap) REFERENCES skymap (name)
);

CREATE INDEX patch_visit_detector_region_overlap_fkidx_instrument ON patch_visit_detector_region_overlap (instrument);
CREATE INDEX patch_visit_detector_region_overlap_fkidx_instrument_detector ON patch_visit_detector_region_overlap (instrument, detector);
CREATE INDEX patch_visit_detector_region_overlap_fkidx_instrument_visit ON patch_visit_detector_region_overlap (instrument, visit);
CREATE INDEX patch_visit_detector_region_overlap_fkidx_skymap ON patch_visit_detector_region_overlap (skymap);
CREATE INDEX patch_visit_detector_region_overlap_fkidx_skymap_tract ON patch_visit_detector_region_overlap (skymap, tract);
CREATE INDEX patch_visit_detector_region_overlap_fkidx_skymap_tract_patch ON patch_visit_detector_region_overlap (skymap, tract, patch);
CREATE TABLE patch_visit_detector_region_overlap (
	skymap TEXT NOT NULL, 
	instrument VARCHAR(32) NOT NULL, 
	tract BIGINT NOT NULL, 
	patch BIGINT NOT NULL, 
	detector BIGINT NOT NULL, 
	visit BIGINT NOT NULL, 
	PRIMARY KEY (skymap, instrument, tract, patch, detector, visit), 
	CONSTRAINT patch_visit_detector_region_overlap_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT fkey_patch_visit_detector_region_overlap_skymap_name_skymap FOREIGN KEY(skymap) REFERENCES skymap (name), 
	CONSTRAINT fkey_patch_visit_detector_region_overlap_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name), 
	CONSTRAINT fkey_patch_visit_detector_region_overlap_tract_skymap_id_skymap_tract FOREIGN KEY(skymap, tract) REFERENCES tract (skymap, id), 
	CONSTRAINT fkey_patch_visit_detector_region_overlap_patch_skymap_tract_id_skymap_tract_patch FOREIGN KEY(skymap, tract, patch) REFERENCES patch (skymap, tract, id), 
	CONSTRAINT fkey_patch_visit_detector_region_overlap_detector_instrument_id_instrument_detector FOREIGN KEY(instrument, detector) REFERENCES detector (instrument, id), 
	CONSTRAINT fkey_patch_visit_detector_region_overlap_visit_instrument_id_instrument_visit FOREIGN KEY(instrument, visit) REFERENCES visit (instrument, id)
);

CREATE INDEX patch_visit_detector_region_overlap_summary_fkidx_instrument ON patch_visit_detector_region_overlap_summary (instrument);
CREATE INDEX patch_visit_detector_region_overlap_summary_fkidx_skymap ON patch_visit_detector_region_overlap_summary (skymap);
CREATE TABLE patch_visit_detector_region_overlap_summary (
	skymap TEXT NOT NULL, 
	instrument VARCHAR(32) NOT NULL, 
	PRIMARY KEY (skymap, instrument), 
	CONSTRAINT patch_visit_detector_region_overlap_summary_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT fkey_patch_visit_detector_region_overlap_summary_skymap_name_skymap FOREIGN KEY(skymap) REFERENCES skymap (name), 
	CONSTRAINT fkey_patch_visit_detector_region_overlap_summary_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name)
);

CREATE INDEX patch_visit_overlap_fkidx_instrument ON patch_visit_overlap (instrument);
CREATE INDEX patch_visit_overlap_fkidx_instrument_visit ON patch_visit_overlap (instrument, visit);
CREATE INDEX patch_visit_overlap_fkidx_skymap ON patch_visit_overlap (skymap);
CREATE INDEX patch_visit_overlap_fkidx_skymap_tract ON patch_visit_overlap (skymap, tract);
CREATE INDEX patch_visit_overlap_fkidx_skymap_tract_patch ON patch_visit_overlap (skymap, tract, patch);
CREATE TABLE patch_visit_overlap (
	skymap TEXT NOT NULL, 
	instrument VARCHAR(32) NOT NULL, 
	tract BIGINT NOT NULL, 
	patch BIGINT NOT NULL, 
	visit BIGINT NOT NULL, 
	PRIMARY KEY (skymap, instrument, tract, patch, visit), 
	CONSTRAINT patch_visit_overlap_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT fkey_patch_visit_overlap_skymap_name_skymap FOREIGN KEY(skymap) REFERENCES skymap (name), 
	CONSTRAINT fkey_patch_visit_overlap_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name), 
	CONSTRAINT fkey_patch_visit_overlap_tract_skymap_id_skymap_tract FOREIGN KEY(skymap, tract) REFERENCES tract (skymap, id), 
	CONSTRAINT fkey_patch_visit_overlap_patch_skymap_tract_id_skymap_tract_patch FOREIGN KEY(skymap, tract, patch) REFERENCES patch (skymap, tract, id), 
	CONSTRAINT fkey_patch_visit_overlap_visit_instrument_id_instrument_visit FOREIGN KEY(instrument, visit) REFERENCES visit (instrument, id)
);

CREATE INDEX patch_visit_overlap_summary_fkidx_instrument ON patch_visit_overlap_summary (instrument);
CREATE INDEX patch_visit_overlap_summary_fkidx_skymap ON patch_visit_overlap_summary (skymap);
CREATE TABLE patch_visit_overlap_summary (
	skymap TEXT NOT NULL, 
	instrument VARCHAR(32) NOT NULL, 
	PRIMARY KEY (skymap, instrument), 
	CONSTRAINT patch_visit_overlap_summary_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT fkey_patch_visit_overlap_summary_skymap_name_skymap FOREIGN KEY(skymap) REFERENCES skymap (name), 
	CONSTRAINT fkey_patch_visit_overlap_summary_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name)
);

CREATE INDEX physical_filter_fkidx_instrument ON physical_filter (instrument);
CREATE TABLE physical_filter (
	instrument VARCHAR(32) NOT NULL, 
	name VARCHAR(32) NOT NULL, 
	band VARCHAR(32) NOT NULL, 
	PRIMARY KEY (instrument, name), 
	CONSTRAINT physical_filter_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT physical_filter_len_name CHECK (length("name")<=32 AND length("name")>=1), 
	CONSTRAINT physical_filter_len_band CHECK (length("band")<=32 AND length("band")>=1), 
	CONSTRAINT fkey_physical_filter_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name)
);

CREATE TABLE run (
	collection_id BIGINT NOT NULL, 
	host TEXT, 
	timespan_begin BIGINT, 
	timespan_end BIGINT, 
	PRIMARY KEY (collection_id), 
	CONSTRAINT fkey_run_collection_collection_id_collection_id FOREIGN KEY(collection_id) REFERENCES collection (collection_id) ON DELETE CASCADE
);

CREATE TABLE skymap (
	name TEXT NOT NULL, 
	hash TEXT, 
	tract_max BIGINT, 
	patch_nx_max BIGINT, 
	patch_ny_max BIGINT, 
	PRIMARY KEY (name), 
	CONSTRAINT skymap_unq_hash UNIQUE (hash)
);

CREATE INDEX ssp_balanced_index_fkidx_ssp_hypothesis_table ON ssp_balanced_index (ssp_hypothesis_table);
CREATE TABLE ssp_balanced_index (
	ssp_hypothesis_table TEXT NOT NULL, 
	id BIGINT NOT NULL, 
	PRIMARY KEY (ssp_hypothesis_table, id), 
	CONSTRAINT fkey_ssp_balanced_index_ssp_hypothesis_table_name_ssp_hypothesis_table FOREIGN KEY(ssp_hypothesis_table) REFERENCES ssp_hypothesis_table (name)
);

CREATE INDEX ssp_hypothesis_bundle_fkidx_ssp_hypothesis_table ON ssp_hypothesis_bundle (ssp_hypothesis_table);
CREATE TABLE ssp_hypothesis_bundle (
	ssp_hypothesis_table TEXT NOT NULL, 
	id BIGINT NOT NULL, 
	PRIMARY KEY (ssp_hypothesis_table, id), 
	CONSTRAINT fkey_ssp_hypothesis_bundle_ssp_hypothesis_table_name_ssp_hypothesis_table FOREIGN KEY(ssp_hypothesis_table) REFERENCES ssp_hypothesis_table (name)
);

CREATE TABLE ssp_hypothesis_table (
	name TEXT NOT NULL, 
	PRIMARY KEY (name)
);

CREATE TABLE subfilter (
	band VARCHAR(32) NOT NULL, 
	id BIGINT NOT NULL, 
	PRIMARY KEY (band, id), 
	CONSTRAINT subfilter_len_band CHECK (length("band")<=32 AND length("band")>=1)
);

CREATE INDEX tract_fkidx_skymap ON tract (skymap);
CREATE TABLE tract (
	skymap TEXT NOT NULL, 
	id BIGINT NOT NULL, 
	region TEXT, 
	PRIMARY KEY (skymap, id), 
	CONSTRAINT fkey_tract_skymap_name_skymap FOREIGN KEY(skymap) REFERENCES skymap (name)
);

CREATE INDEX tract_skypix_overlap_fkidx_skymap ON tract_skypix_overlap (skymap);
CREATE INDEX tract_skypix_overlap_fkidx_skymap_tract ON tract_skypix_overlap (skymap, tract);
CREATE INDEX tract_skypix_overlap_fkidx_skypix_system_skypix_level_skymap ON tract_skypix_overlap (skypix_system, skypix_level, skymap);
CREATE INDEX tract_skypix_overlap_idx_skypix_system_skypix_level_skypix_index_skymap_tract ON tract_skypix_overlap (skypix_system, skypix_level, skypix_index, skymap, tract);
CREATE TABLE tract_skypix_overlap (
	skypix_system VARCHAR(16) NOT NULL, 
	skypix_level SMALLINT NOT NULL, 
	skymap TEXT NOT NULL, 
	tract BIGINT NOT NULL, 
	skypix_index BIGINT NOT NULL, 
	PRIMARY KEY (skypix_system, skypix_level, skymap, tract, skypix_index), 
	CONSTRAINT tract_skypix_overlap_len_skypix_system CHECK (length("skypix_system")<=16 AND length("skypix_system")>=1), 
	CONSTRAINT fkey_tract_skypix_overlap_tract_skypix_overlap_summary_skypix_system_skypix_level_skymap_skypix_system_skypix_level_skymap FOREIGN KEY(skypix_system, skypix_level, skymap) REFERENCES tract_skypix_overlap_summary (skypix_system, skypix_level, skymap) ON DELETE CASCADE, 
	CONSTRAINT fkey_tract_skypix_overlap_skymap_name_skymap FOREIGN KEY(skymap) REFERENCES skymap (name), 
	CONSTRAINT fkey_tract_skypix_overlap_tract_skymap_id_skymap_tract FOREIGN KEY(skymap, tract) REFERENCES tract (skymap, id)
);

CREATE INDEX tract_skypix_overlap_summary_fkidx_skymap ON tract_skypix_overlap_summary (skymap);
CREATE TABLE tract_skypix_overlap_summary (
	skypix_system VARCHAR(16) NOT NULL, 
	skypix_level SMALLINT NOT NULL, 
	skymap TEXT NOT NULL, 
	PRIMARY KEY (skypix_system, skypix_level, skymap), 
	CONSTRAINT tract_skypix_overlap_summary_len_skypix_system CHECK (length("skypix_system")<=16 AND length("skypix_system")>=1), 
	CONSTRAINT fkey_tract_skypix_overlap_summary_skymap_name_skymap FOREIGN KEY(skymap) REFERENCES skymap (name)
);

CREATE INDEX tract_visit_detector_region_overlap_fkidx_instrument ON tract_visit_detector_region_overlap (instrument);
CREATE INDEX tract_visit_detector_region_overlap_fkidx_instrument_detector ON tract_visit_detector_region_overlap (instrument, detector);
CREATE INDEX tract_visit_detector_region_overlap_fkidx_instrument_visit ON tract_visit_detector_region_overlap (instrument, visit);
CREATE INDEX tract_visit_detector_region_overlap_fkidx_skymap ON tract_visit_detector_region_overlap (skymap);
CREATE INDEX tract_visit_detector_region_overlap_fkidx_skymap_tract ON tract_visit_detector_region_overlap (skymap, tract);
CREATE TABLE tract_visit_detector_region_overlap (
	skymap TEXT NOT NULL, 
	instrument VARCHAR(32) NOT NULL, 
	tract BIGINT NOT NULL, 
	detector BIGINT NOT NULL, 
	visit BIGINT NOT NULL, 
	PRIMARY KEY (skymap, instrument, tract, detector, visit), 
	CONSTRAINT tract_visit_detector_region_overlap_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT fkey_tract_visit_detector_region_overlap_skymap_name_skymap FOREIGN KEY(skymap) REFERENCES skymap (name), 
	CONSTRAINT fkey_tract_visit_detector_region_overlap_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name), 
	CONSTRAINT fkey_tract_visit_detector_region_overlap_tract_skymap_id_skymap_tract FOREIGN KEY(skymap, tract) REFERENCES tract (skymap, id), 
	CONSTRAINT fkey_tract_visit_detector_region_overlap_detector_instrument_id_instrument_detector FOREIGN KEY(instrument, detector) REFERENCES detector (instrument, id), 
	CONSTRAINT fkey_tract_visit_detector_region_overlap_visit_instrument_id_instrument_visit FOREIGN KEY(instrument, visit) REFERENCES visit (instrument, id)
);

CREATE INDEX tract_visit_detector_region_overlap_summary_fkidx_instrument ON tract_visit_detector_region_overlap_summary (instrument);
CREATE INDEX tract_visit_detector_region_overlap_summary_fkidx_skymap ON tract_visit_detector_region_overlap_summary (skymap);
CREATE TABLE tract_visit_detector_region_overlap_summary (
	skymap TEXT NOT NULL, 
	instrument VARCHAR(32) NOT NULL, 
	PRIMARY KEY (skymap, instrument), 
	CONSTRAINT tract_visit_detector_region_overlap_summary_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT fkey_tract_visit_detector_region_overlap_summary_skymap_name_skymap FOREIGN KEY(skymap) REFERENCES skymap (name), 
	CONSTRAINT fkey_tract_visit_detector_region_overlap_summary_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name)
);

CREATE INDEX tract_visit_overlap_fkidx_instrument ON tract_visit_overlap (instrument);
CREATE INDEX tract_visit_overlap_fkidx_instrument_visit ON tract_visit_overlap (instrument, visit);
CREATE INDEX tract_visit_overlap_fkidx_skymap ON tract_visit_overlap (skymap);
CREATE INDEX tract_visit_overlap_fkidx_skymap_tract ON tract_visit_overlap (skymap, tract);
CREATE TABLE tract_visit_overlap (
	skymap TEXT NOT NULL, 
	instrument VARCHAR(32) NOT NULL, 
	tract BIGINT NOT NULL, 
	visit BIGINT NOT NULL, 
	PRIMARY KEY (skymap, instrument, tract, visit), 
	CONSTRAINT tract_visit_overlap_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT fkey_tract_visit_overlap_skymap_name_skymap FOREIGN KEY(skymap) REFERENCES skymap (name), 
	CONSTRAINT fkey_tract_visit_overlap_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name), 
	CONSTRAINT fkey_tract_visit_overlap_tract_skymap_id_skymap_tract FOREIGN KEY(skymap, tract) REFERENCES tract (skymap, id), 
	CONSTRAINT fkey_tract_visit_overlap_visit_instrument_id_instrument_visit FOREIGN KEY(instrument, visit) REFERENCES visit (instrument, id)
);

CREATE INDEX tract_visit_overlap_summary_fkidx_instrument ON tract_visit_overlap_summary (instrument);
CREATE INDEX tract_visit_overlap_summary_fkidx_skymap ON tract_visit_overlap_summary (skymap);
CREATE TABLE tract_visit_overlap_summary (
	skymap TEXT NOT NULL, 
	instrument VARCHAR(32) NOT NULL, 
	PRIMARY KEY (skymap, instrument), 
	CONSTRAINT tract_visit_overlap_summary_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT fkey_tract_visit_overlap_summary_skymap_name_skymap FOREIGN KEY(skymap) REFERENCES skymap (name), 
	CONSTRAINT fkey_tract_visit_overlap_summary_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name)
);

CREATE INDEX visit_fkidx_instrument ON visit (instrument);
CREATE INDEX visit_fkidx_instrument_day_obs ON visit (instrument, day_obs);
CREATE INDEX visit_fkidx_instrument_physical_filter ON visit (instrument, physical_filter);
CREATE TABLE visit (
	instrument VARCHAR(32) NOT NULL, 
	id BIGINT NOT NULL, 
	day_obs BIGINT NOT NULL, 
	physical_filter VARCHAR(32) NOT NULL, 
	name TEXT, 
	seq_num BIGINT, 
	exposure_time FLOAT, 
	target_name TEXT, 
	observation_reason TEXT, 
	science_program TEXT, 
	azimuth FLOAT, 
	zenith_angle FLOAT, 
	region TEXT, 
	timespan_begin BIGINT, 
	timespan_end BIGINT, 
	PRIMARY KEY (instrument, id), 
	CONSTRAINT visit_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT visit_len_physical_filter CHECK (length("physical_filter")<=32 AND length("physical_filter")>=1), 
	CONSTRAINT visit_unq_instrument_name UNIQUE (instrument, name), 
	CONSTRAINT fkey_visit_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name), 
	CONSTRAINT fkey_visit_day_obs_instrument_id_instrument_day_obs FOREIGN KEY(instrument, day_obs) REFERENCES day_obs (instrument, id), 
	CONSTRAINT fkey_visit_physical_filter_instrument_name_instrument_physical_filter FOREIGN KEY(instrument, physical_filter) REFERENCES physical_filter (instrument, name)
);

CREATE INDEX visit_definition_fkidx_instrument ON visit_definition (instrument);
CREATE INDEX visit_definition_fkidx_instrument_exposure ON visit_definition (instrument, exposure);
CREATE INDEX visit_definition_fkidx_instrument_visit ON visit_definition (instrument, visit);
CREATE TABLE visit_definition (
	instrument VARCHAR(32) NOT NULL, 
	exposure BIGINT NOT NULL, 
	visit BIGINT NOT NULL, 
	PRIMARY KEY (instrument, exposure, visit), 
	CONSTRAINT visit_definition_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT fkey_visit_definition_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name), 
	CONSTRAINT fkey_visit_definition_exposure_instrument_id_instrument_exposure FOREIGN KEY(instrument, exposure) REFERENCES exposure (instrument, id), 
	CONSTRAINT fkey_visit_definition_visit_instrument_id_instrument_visit FOREIGN KEY(instrument, visit) REFERENCES visit (instrument, id)
);

CREATE INDEX visit_detector_region_fkidx_instrument ON visit_detector_region (instrument);
CREATE INDEX visit_detector_region_fkidx_instrument_detector ON visit_detector_region (instrument, detector);
CREATE INDEX visit_detector_region_fkidx_instrument_visit ON visit_detector_region (instrument, visit);
CREATE TABLE visit_detector_region (
	instrument VARCHAR(32) NOT NULL, 
	detector BIGINT NOT NULL, 
	visit BIGINT NOT NULL, 
	region TEXT, 
	PRIMARY KEY (instrument, detector, visit), 
	CONSTRAINT visit_detector_region_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT fkey_visit_detector_region_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name), 
	CONSTRAINT fkey_visit_detector_region_detector_instrument_id_instrument_detector FOREIGN KEY(instrument, detector) REFERENCES detector (instrument, id), 
	CONSTRAINT fkey_visit_detector_region_visit_instrument_id_instrument_visit FOREIGN KEY(instrument, visit) REFERENCES visit (instrument, id)
);

CREATE INDEX visit_detector_region_skypix_overlap_fkidx_instrument ON visit_detector_region_skypix_overlap (instrument);
CREATE INDEX visit_detector_region_skypix_overlap_fkidx_instrument_detector ON visit_detector_region_skypix_overlap (instrument, detector);
CREATE INDEX visit_detector_region_skypix_overlap_fkidx_instrument_visit ON visit_detector_region_skypix_overlap (instrument, visit);
CREATE INDEX visit_detector_region_skypix_overlap_fkidx_skypix_system_skypix_level_instrument ON visit_detector_region_skypix_overlap (skypix_system, skypix_level, instrument);
CREATE INDEX visit_detector_region_skypix_overlap_idx_skypix_system_skypix_level_skypix_index_instrument_detector_visit ON visit_detector_region_skypix_overlap (skypix_system, skypix_level, skypix_index, instrument, detector, visit);
CREATE TABLE visit_detector_region_skypix_overlap (
	skypix_system VARCHAR(16) NOT NULL, 
	skypix_level SMALLINT NOT NULL, 
	instrument VARCHAR(32) NOT NULL, 
	detector BIGINT NOT NULL, 
	visit BIGINT NOT NULL, 
	skypix_index BIGINT NOT NULL, 
	PRIMARY KEY (skypix_system, skypix_level, instrument, detector, visit, skypix_index), 
	CONSTRAINT visit_detector_region_skypix_overlap_len_skypix_system CHECK (length("skypix_system")<=16 AND length("skypix_system")>=1), 
	CONSTRAINT visit_detector_region_skypix_overlap_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT fkey_visit_detector_region_skypix_overlap_visit_detector_region_skypix_overlap_summary_skypix_system_skypix_level_instrument_skypix_system_skypix_level_instrument FOREIGN KEY(skypix_system, skypix_level, instrument) REFERENCES visit_detector_region_skypix_overlap_summary (skypix_system, skypix_level, instrument) ON DELETE CASCADE, 
	CONSTRAINT fkey_visit_detector_region_skypix_overlap_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name), 
	CONSTRAINT fkey_visit_detector_region_skypix_overlap_detector_instrument_id_instrument_detector FOREIGN KEY(instrument, detector) REFERENCES detector (instrument, id), 
	CONSTRAINT fkey_visit_detector_region_skypix_overlap_visit_instrument_id_instrument_visit FOREIGN KEY(instrument, visit) REFERENCES visit (instrument, id)
);

CREATE INDEX visit_detector_region_skypix_overlap_summary_fkidx_instrument ON visit_detector_region_skypix_overlap_summary (instrument);
CREATE TABLE visit_detector_region_skypix_overlap_summary (
	skypix_system VARCHAR(16) NOT NULL, 
	skypix_level SMALLINT NOT NULL, 
	instrument VARCHAR(32) NOT NULL, 
	PRIMARY KEY (skypix_system, skypix_level, instrument), 
	CONSTRAINT visit_detector_region_skypix_overlap_summary_len_skypix_system CHECK (length("skypix_system")<=16 AND length("skypix_system")>=1), 
	CONSTRAINT visit_detector_region_skypix_overlap_summary_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT fkey_visit_detector_region_skypix_overlap_summary_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name)
);

CREATE INDEX visit_skypix_overlap_fkidx_instrument ON visit_skypix_overlap (instrument);
CREATE INDEX visit_skypix_overlap_fkidx_instrument_visit ON visit_skypix_overlap (instrument, visit);
CREATE INDEX visit_skypix_overlap_fkidx_skypix_system_skypix_level_instrument ON visit_skypix_overlap (skypix_system, skypix_level, instrument);
CREATE INDEX visit_skypix_overlap_idx_skypix_system_skypix_level_skypix_index_instrument_visit ON visit_skypix_overlap (skypix_system, skypix_level, skypix_index, instrument, visit);
CREATE TABLE visit_skypix_overlap (
	skypix_system VARCHAR(16) NOT NULL, 
	skypix_level SMALLINT NOT NULL, 
	instrument VARCHAR(32) NOT NULL, 
	visit BIGINT NOT NULL, 
	skypix_index BIGINT NOT NULL, 
	PRIMARY KEY (skypix_system, skypix_level, instrument, visit, skypix_index), 
	CONSTRAINT visit_skypix_overlap_len_skypix_system CHECK (length("skypix_system")<=16 AND length("skypix_system")>=1), 
	CONSTRAINT visit_skypix_overlap_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT fkey_visit_skypix_overlap_visit_skypix_overlap_summary_skypix_system_skypix_level_instrument_skypix_system_skypix_level_instrument FOREIGN KEY(skypix_system, skypix_level, instrument) REFERENCES visit_skypix_overlap_summary (skypix_system, skypix_level, instrument) ON DELETE CASCADE, 
	CONSTRAINT fkey_visit_skypix_overlap_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name), 
	CONSTRAINT fkey_visit_skypix_overlap_visit_instrument_id_instrument_visit FOREIGN KEY(instrument, visit) REFERENCES visit (instrument, id)
);

CREATE INDEX visit_skypix_overlap_summary_fkidx_instrument ON visit_skypix_overlap_summary (instrument);
CREATE TABLE visit_skypix_overlap_summary (
	skypix_system VARCHAR(16) NOT NULL, 
	skypix_level SMALLINT NOT NULL, 
	instrument VARCHAR(32) NOT NULL, 
	PRIMARY KEY (skypix_system, skypix_level, instrument), 
	CONSTRAINT visit_skypix_overlap_summary_len_skypix_system CHECK (length("skypix_system")<=16 AND length("skypix_system")>=1), 
	CONSTRAINT visit_skypix_overlap_summary_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT fkey_visit_skypix_overlap_summary_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name)
);

CREATE INDEX visit_system_fkidx_instrument ON visit_system (instrument);
CREATE TABLE visit_system (
	instrument VARCHAR(32) NOT NULL, 
	id BIGINT NOT NULL, 
	name VARCHAR(32), 
	PRIMARY KEY (instrument, id), 
	CONSTRAINT visit_system_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT visit_system_len_name CHECK (length("name")<=32 AND length("name")>=1), 
	CONSTRAINT visit_system_unq_instrument_name UNIQUE (instrument, name), 
	CONSTRAINT fkey_visit_system_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name)
);

CREATE INDEX visit_system_membership_fkidx_instrument ON visit_system_membership (instrument);
CREATE INDEX visit_system_membership_fkidx_instrument_visit ON visit_system_membership (instrument, visit);
CREATE INDEX visit_system_membership_fkidx_instrument_visit_system ON visit_system_membership (instrument, visit_system);
CREATE TABLE visit_system_membership (
	instrument VARCHAR(32) NOT NULL, 
	visit_system BIGINT NOT NULL, 
	visit BIGINT NOT NULL, 
	PRIMARY KEY (instrument, visit_system, visit), 
	CONSTRAINT visit_system_membership_len_instrument CHECK (length("instrument")<=32 AND length("instrument")>=1), 
	CONSTRAINT fkey_visit_system_membership_instrument_name_instrument FOREIGN KEY(instrument) REFERENCES instrument (name), 
	CONSTRAINT fkey_visit_system_membership_visit_system_instrument_id_instrument_visit_system FOREIGN KEY(instrument, visit_system) REFERENCES visit_system (instrument, id), 
	CONSTRAINT fkey_visit_system_membership_visit_instrument_id_instrument_visit FOREIGN KEY(instrument, visit) REFERENCES visit (instrument, id)
);
