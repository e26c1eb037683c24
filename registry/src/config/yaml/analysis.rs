//! Which styles a scalar can be written in (PyYAML's `Emitter.analyze_scalar`, without Unicode output).

/// What a text allows.
pub(super) struct Analysis {
    pub empty: bool,
    pub multiline: bool,
    pub plain: bool,
    pub single_quoted: bool,
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_blank_or_break(c: char) -> bool {
    matches!(c, '\0' | ' ' | '\t' | '\r') || is_break(c)
}

impl Analysis {
    /// Look at a text.
    pub fn of(text: &[char]) -> Self {
        if text.is_empty() {
            return Self {
                empty: true,
                multiline: false,
                plain: true,
                single_quoted: true,
            };
        }
        let multiline = text.iter().any(|c| is_break(*c));
        let special = text
            .iter()
            .any(|c| !(*c == '\n' || (' '..='~').contains(c)));
        let pair =
            |a: fn(char) -> bool, b: fn(char) -> bool| text.windows(2).any(|w| a(w[0]) && b(w[1]));
        let break_space = pair(is_break, |c| c == ' ');
        let space_break = pair(|c| c == ' ', is_break);
        let edge = |c: char| c == ' ' || is_break(c);
        let blank_edge = edge(text[0]) || edge(text[text.len() - 1]);
        let quotable = !(break_space || space_break || special);
        Self {
            empty: false,
            multiline,
            plain: quotable && !multiline && !blank_edge && !has_block_indicator(text),
            single_quoted: quotable,
        }
    }
}

/// Characters that mean something at their place in block context.
fn has_block_indicator(text: &[char]) -> bool {
    if text.starts_with(&['-', '-', '-']) || text.starts_with(&['.', '.', '.']) {
        return true;
    }
    let followed_by_blank = |i: usize| text.get(i + 1).is_none_or(|c| is_blank_or_break(*c));
    let first = text[0];
    if "#,[]{}&*!|>'\"%@`".contains(first) {
        return true;
    }
    if matches!(first, '?' | ':' | '-') && followed_by_blank(0) {
        return true;
    }
    (1..text.len()).any(|i| match text[i] {
        ':' => followed_by_blank(i),
        '#' => is_blank_or_break(text[i - 1]),
        _ => false,
    })
}
