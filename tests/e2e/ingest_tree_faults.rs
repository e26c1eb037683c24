//! What a recipe or a file of a tree has wrong is told with the line and the name, and nothing is changed.

use std::fs;

use crate::import_setup::{Scratch, assert_same_tree, complaint, everything};
use crate::tree_setup::{fits, ingest, recipe, repo, write};

/// A recipe's text, the tree's one file, what is said (`RECIPE` stands for its path).
const FAULTS: [(&str, &str, &str); 13] = [
    (
        "rules: {}\n",
        "a",
        "RECIPE:1: a list is wanted here, not a mapping",
    ),
    ("- a\n", "a", "RECIPE:1: a recipe is a mapping with 'rules'"),
    (
        "rule: []\n",
        "a",
        "RECIPE:1: a recipe has no 'rule'; it has dataset_types, ignore, rules, zips",
    ),
    (
        "rules:\n- {name: one, path: a}\n",
        "a",
        "RECIPE:2: 'dataset_type' is missing",
    ),
    (
        "rules:\n- {name: one, path: '{a}{b}', dataset_type: t}\n",
        "a",
        "RECIPE:2: in '{a}{b}' nothing stands between two parts that vary, so that where one ends is not known",
    ),
    (
        "rules:\n- name: one\n  path: a\n  dataset_type: t\n  data_id:\n    skymap: s\n    plate: 1\n",
        "a",
        "RECIPE:7: the universe of the repo has no dimension 'plate'",
    ),
    (
        "rules:\n- name: one\n  path: a\n  dataset_type: t\n  data_id:\n    tract: \"{tract}\"\n",
        "a",
        "RECIPE:6: rule 'one' uses the field 'tract', which is neither in its path nor in its header",
    ),
    (
        "rules:\n- {name: one, path: a, dataset_type: t}\n",
        "a",
        "RECIPE:2: a: dataset type 't' is neither in the recipe nor in the repo",
    ),
    (
        "dataset_types:\n  t: {dimensions: [tract], storage_class: int}\nrules:\n- {name: one, path: '{x}', dataset_type: t}\n",
        "a",
        "RECIPE:4: a: rule 'one' has no value for 'skymap' of dataset type 't'",
    ),
    (
        "dataset_types:\n  t: {dimensions: [skymap], storage_class: int}\nrules:\n- {name: one, path: '{skymap}', dataset_type: t}\n\
      - {name: two, path: 'a*', dataset_type: t}\n",
        "a",
        "RECIPE:5: a: the rules 'one' (line 4) and 'two' both match this file",
    ),
    (
        "dataset_types:\n  t: {dimensions: [skymap], storage_class: int}\nrules:\n- {name: one, path: '{skymap}', dataset_type: t}\n",
        "a",
        "RECIPE:4: a: rule 'one' names no run; --run names one for all such files",
    ),
    (
        "dataset_types:\n  t: {dimensions: [skymap], storage_class: int}\nrules:\n- name: one\n  path: '{skymap}.fits'\n  dataset_type: t\n  \
      run: r\n  header: {equal: {INSTRUME: HSC}}\n",
        "a.fits",
        "RECIPE:4: a.fits: the header has no INSTRUME",
    ),
    (
        "dataset_types:\n  t: {dimensions: [skymap], storage_class: int}\nrules:\n- name: one\n  path: '{skymap}.fits'\n  dataset_type: t\n  \
      run: r\n  header: {hdu: MASK, equal: {INSTRUME: HSC}}\n",
        "a.fits",
        "RECIPE:4: a.fits: the file has no HDU 'MASK'",
    ),
];

#[test]
fn faults_are_told_with_their_place_and_nothing_is_changed() {
    let scratch = Scratch::new();
    let repo = repo(&scratch);
    let before = everything(&repo);
    for (i, (text, file, message)) in FAULTS.into_iter().enumerate() {
        let (root, recipe) = (
            scratch.path(&format!("tree{i}")),
            scratch.path(&format!("recipe{i}.yaml")),
        );
        write(&root, file, &fits(&[]));
        fs::write(&recipe, text).unwrap();
        let said = complaint(&ingest(&repo, &root, &recipe, &[]));
        assert_eq!(
            said.replace(recipe.to_str().unwrap(), "RECIPE"),
            message,
            "{text}"
        );
    }
    assert_same_tree(&everything(&repo), &before);
}

#[test]
fn headers_that_differ_are_told_with_their_file() {
    let scratch = Scratch::new();
    let (repo, root) = (repo(&scratch), scratch.path("tree"));
    let path = "deepCoadd-results/HSC-G/9813/3,4/calexp-HSC-G-9813-3,4.fits";
    let hsc = recipe("hsc-coadds.yaml");
    let said = |cards: &[&str]| {
        let cards: Vec<String> = cards.iter().map(|c| (*c).to_owned()).collect();
        write(&root, path, &fits(&cards));
        let said = complaint(&ingest(&repo, &root, &hsc, &[]));
        said.split_once(&format!("{path}: "))
            .unwrap_or_else(|| panic!("{said}"))
            .1
            .to_owned()
    };
    assert_eq!(
        said(&["INSTRUME= 'MegaCam'"]),
        "INSTRUME is 'MegaCam', not 'HSC'"
    );
    assert_eq!(said(&["INSTRUME= 'HSC'"]), "the header has no FILTER");
    assert_eq!(
        said(&["INSTRUME= 'HSC'", "FILTER  = 'HSC-R'"]),
        "FILTER is 'HSC-R', but the path has 'HSC-G' for 'filter'"
    );
    write(&root, path, b"<html>404</html>");
    let said = complaint(&ingest(&repo, &root, &hsc, &[]));
    assert!(
        said.ends_with("not a FITS file: it begins with \"<html>40\" and not with SIMPLE"),
        "{said}"
    );
}
