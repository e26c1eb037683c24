//! FITS bytes made for tests.

/// Cards with END, filled up to whole blocks.
pub fn header(cards: &[String]) -> Vec<u8> {
    let mut text: String = cards.iter().map(|card| format!("{card:<80}")).collect();
    text.push_str(&format!("{:<80}", "END"));
    let mut bytes = text.into_bytes();
    bytes.resize(bytes.len().next_multiple_of(2880), b' ');
    bytes
}

/// An empty primary HDU.
pub fn primary() -> Vec<u8> {
    header(&["SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0"].map(str::to_owned))
}

/// A file with a binary table: columns as (name, format), rows one after the other.
pub fn table(columns: &[(&str, &str)], row_len: usize, rows: &[Vec<u8>]) -> Vec<u8> {
    let mut cards = vec![
        "XTENSION= 'BINTABLE'".to_owned(),
        "BITPIX  = 8".to_owned(),
        "NAXIS   = 2".to_owned(),
        format!("NAXIS1  = {row_len}"),
        format!("NAXIS2  = {}", rows.len()),
        "PCOUNT  = 0".to_owned(),
        "GCOUNT  = 1".to_owned(),
        format!("TFIELDS = {}", columns.len()),
    ];
    for (n, (name, format)) in columns.iter().enumerate() {
        cards.push(format!("TTYPE{:<3}= '{name}'", n + 1));
        cards.push(format!("TFORM{:<3}= '{format}'", n + 1));
    }
    let mut bytes = primary();
    bytes.extend(header(&cards));
    bytes.extend(rows.concat());
    bytes.resize(bytes.len().next_multiple_of(2880), 0);
    bytes
}
