//! The sphere: regions and their encodings and relations, pixelisations. Pure functions, no I/O.
