//! A recipe of any bytes is read or refused; what is read recognises paths without a panic, and a drafted one has lines that it names.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use pantry_import::ingest::recipe::{Dimensions, Recipe};
use pantry_registry::model::universe::Universe;

fuzz_target!(|bytes: &[u8]| {
    let Ok(recipe) = Recipe::parse(Path::new("recipe.yaml"), bytes.to_vec()) else {
        return;
    };
    let universe = Universe::from_json(Universe::default_json()).expect("the universe that is embedded");
    if recipe.check(&universe).is_err() {
        return;
    }
    let mut dimensions = Dimensions::new();
    for dataset_type in &recipe.dataset_types {
        dimensions.insert(dataset_type.name.clone(), dataset_type.dimensions.clone());
    }
    let open = || Err("no bytes here".to_owned());
    for path in ["a", "9813/3,4/calexp-HSC-G-9813-3,4.fits", "a/b/c_1_2.parq", "//", ""] {
        let _ = recipe.recognise(path, &open, &universe, &dimensions);
    }
});
