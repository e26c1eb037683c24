//! Scalars as PyYAML chooses their style, but never folded: for writers that lay out documents themselves.

use super::analysis::Analysis;
use super::quoted::escaped;
use super::scalar;

/// A string as a YAML scalar on one line.
pub fn yaml_text(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let analysis = Analysis::of(&chars);
    if analysis.multiline || !analysis.single_quoted {
        format!("\"{}\"", escaped(&chars))
    } else if analysis.plain && scalar::is_plain_text(text) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected texts are what `yaml.dump` of PyYAML writes, without the fold of the fourth.
    #[test]
    fn strings_have_the_style_of_pyyaml() {
        for (text, written) in [
            ("HSC/runs/mini", "HSC/runs/mini"),
            ("", "''"),
            ("1e5", "1e5"),
            ("it's: a # long", "'it''s: a # long'"),
            ("off", "'off'"),
            ("2026-01-01", "'2026-01-01'"),
            ("two\nlines", "\"two\\nlines\""),
            ("caf\u{e9} \u{1f600}\\", "\"caf\\xE9 \\U0001F600\\\\\""),
            ("file:///a%20b", "file:///a%20b"),
        ] {
            assert_eq!(yaml_text(text), written, "{text:?}");
        }
    }
}
