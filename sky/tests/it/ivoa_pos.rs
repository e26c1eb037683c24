//! Regions in words of the IVOA beside sphgeom's.

use pantry_sky::Region;

use crate::oracle_process::for_each_line;

#[test]
fn regions_in_words_are_those_of_sphgeom() {
    let mut differences = Vec::new();
    let (mut regions, mut errors) = (0, 0);
    for_each_line("ivoa_pos.py", &["1", "4000"], |line| {
        let (text, expected) = line.split_once('\t').expect("two columns");
        let bytes: Vec<u8> = (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal"))
            .collect();
        let text = String::from_utf8(bytes).expect("UTF-8");
        let ours = Region::from_ivoa_pos(&text).map(|region| region.to_hex());
        match expected {
            "error" => errors += 1,
            _ => regions += 1,
        }
        if ours.as_deref().unwrap_or("error") != expected {
            differences.push(format!("{text:?}: {ours:?}, sphgeom {expected}"));
        }
    });
    assert!(regions > 3_000 && errors > 25, "{regions} {errors}");
    assert!(
        differences.is_empty(),
        "{} differ:\n{}",
        differences.len(),
        differences.join("\n")
    );
}
