//! Bytes at URIs: path templates, transfer modes, checksums. Does not know what a dataset is.
