//! Storage classes with their inheritance against the reference.

use pantry_registry::config::{ButlerConfig, ConfigError, StorageClasses};
use serde_json::{Value as Json, json};

use super::case::{Case, Ready, run};

const REFERENCE: &str = r#"
from lsst.daf.butler import ButlerConfig, StorageClassFactory
factory = StorageClassFactory()
factory._storageClasses.clear()
factory.addFromConfig(ButlerConfig("repo"))
out = []
for name in sorted(factory._storageClasses):
    c = factory.getStorageClass(name)
    out.append([name, c._pytypeName, {k: v.name for k, v in c.components.items()},
                {k: v.name for k, v in c.derivedComponents.items()}, sorted(c.parameters)])
return out
"#;

fn ours(ready: &Ready) -> Result<Json, ConfigError> {
    let classes = StorageClasses::of(&ButlerConfig::load("repo", &[], &ready.environment())?)?;
    let list = classes.iter().map(|c| {
        json!([
            c.name,
            c.pytype,
            c.components,
            c.derived_components,
            c.parameters
        ])
    });
    Ok(Json::Array(list.collect()))
}

fn case(name: &str, classes: &str) -> Case {
    Case::new(name).file("repo/butler.yaml", &format!("storageClasses:\n{classes}"))
}

#[test]
fn storage_classes_are_those_of_the_reference() {
    let cases = vec![
        case("none", "  {}\n"),
        case(
            "own",
            "  Mine: {pytype: dict, components: {a: int, b: Other}}\n  Other: {inheritsFrom: Exposure, parameters: [x]}\n",
        ),
        case(
            "heir of heir",
            "  A: {inheritsFrom: B, derivedComponents: {z: int}}\n  B: {inheritsFrom: VisitImage, pytype: list}\n",
        ),
        case("changed base", "  Exposure: {components: {more: int}}\n"),
        case("unknown base", "  A: {inheritsFrom: Nothing}\n"),
        case(
            "unknown component",
            "  A: {pytype: dict, components: {a: Nothing}}\n",
        ),
        case(
            "circle",
            "  A: {inheritsFrom: B, pytype: dict}\n  B: {inheritsFrom: A}\n",
        ),
        case("wrong shape", "  A: {pytype: dict, components: [a]}\n"),
        case("wrong parameters", "  A: {pytype: dict, parameters: a}\n"),
        case("text", "  A: dict\n"),
    ];
    let folder = tempfile::tempdir().unwrap();
    let mut accepted = 0;
    for (ready, reference) in run(cases, folder.path(), REFERENCE) {
        match (ours(&ready), reference) {
            (Ok(ours), Ok(reference)) => {
                for (ours, reference) in ours
                    .as_array()
                    .unwrap()
                    .iter()
                    .zip(reference.as_array().unwrap())
                {
                    assert_eq!(ours, reference, "{}", ready.case.name);
                }
                assert_eq!(
                    ours.as_array().unwrap().len(),
                    reference.as_array().unwrap().len()
                );
                accepted += 1;
            }
            (Err(_), Err(_)) => {}
            (ours, reference) => panic!(
                "{}: ours {:?}, reference {:?}",
                ready.case.name,
                ours.err(),
                reference.err()
            ),
        }
    }
    assert_eq!(accepted, 4);
}

#[test]
fn components_have_storage_classes() {
    let folder = tempfile::tempdir().unwrap();
    let (ready, _) = run(vec![case("none", "  {}\n")], folder.path(), "return 1").remove(0);
    let classes =
        StorageClasses::of(&ButlerConfig::load("repo", &[], &ready.environment()).unwrap())
            .unwrap();
    // As in the reference's storageClasses.yaml.
    let exposure = classes.get("ExposureF").unwrap();
    assert_eq!(exposure.component("mask"), Some("MaskX"));
    assert_eq!(exposure.component("bbox"), Some("Box2I"));
    assert_eq!(exposure.component("nothing"), None);
}
