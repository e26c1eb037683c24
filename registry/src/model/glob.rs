//! Comma-separated lists and glob patterns, as the command line reads collections and dataset types.

/// What [`split_commas`] found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SplitValues {
    /// The parts, in order; empty ones are kept where the reference keeps them.
    pub values: Vec<String>,
    /// Complaints about square brackets that do not pair up, to be shown as warnings.
    pub warnings: Vec<String>,
}

/// Splits every value at its commas, except at those within square brackets
/// (`lsst/daf/butler/cli/utils.py`, `split_commas`).
pub fn split_commas<S: AsRef<str>>(values: &[S]) -> SplitValues {
    let mut split = SplitValues::default();
    for value in values {
        let value = value.as_ref();
        if value.lines().any(brackets_meet_comma) {
            split_outside_brackets(value, &mut split);
        } else {
            split.values.extend(value.split(',').map(str::to_owned));
        }
    }
    split
}

/// Whether a comma follows an opening bracket, or a closing bracket a comma, anywhere in one line.
fn brackets_meet_comma(line: &str) -> bool {
    let after = |first: char, second: char| {
        line.find(first)
            .is_some_and(|at| line[at..].contains(second))
    };
    after('[', ',') || after(',', ']')
}

/// The careful split. Unlike the simple one it drops an empty last part, as the reference does.
fn split_outside_brackets(value: &str, split: &mut SplitValues) {
    let mut inside = false;
    let mut current = String::new();
    for c in value.chars() {
        match c {
            '[' => {
                if inside {
                    split
                        .warnings
                        .push(format!("a second '[' before a ']' in '{value}'"));
                }
                inside = true;
            }
            ']' => {
                if !inside {
                    split
                        .warnings
                        .push(format!("a ']' without a '[' in '{value}'"));
                }
                inside = false;
            }
            ',' if !inside => {
                split.values.push(std::mem::take(&mut current));
                continue;
            }
            _ => {}
        }
        current.push(c);
    }
    if inside {
        split
            .warnings
            .push(format!("a '[' that is never closed in '{value}'"));
    }
    if !current.is_empty() {
        split.values.push(current);
    }
}

/// Names and patterns to look for (`lsst/daf/butler/registry/wildcards.py`, `utils.py` `globToRegex`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wildcard {
    /// Everything: the list was empty or had a lone `*`.
    All,
    /// Explicit names, in order and as given, then patterns.
    Some {
        /// Names to be taken literally; one that does not exist is usually an error.
        names: Vec<String>,
        /// Patterns; one that matches nothing never is.
        patterns: Vec<Glob>,
    },
}

impl Wildcard {
    /// Sorts expressions (already split at commas) into names and patterns.
    pub fn parse<S: AsRef<str>>(expressions: &[S]) -> Wildcard {
        if expressions.is_empty() || expressions.iter().any(|e| e.as_ref() == "*") {
            return Wildcard::All;
        }
        let mut names = Vec::new();
        let mut patterns = Vec::new();
        for expression in expressions.iter().map(AsRef::as_ref) {
            if has_magic(expression) {
                patterns.push(Glob::new(expression));
            } else if !names.iter().any(|name| name == expression) {
                names.push(expression.to_owned());
            }
        }
        Wildcard::Some { names, patterns }
    }

    /// As [`Wildcard::parse`], but an empty list asks for nothing, as in the methods of the reference's registry.
    pub fn parse_list<S: AsRef<str>>(expressions: &[S]) -> Wildcard {
        match expressions {
            [] => Wildcard::Some {
                names: Vec::new(),
                patterns: Vec::new(),
            },
            some => Self::parse(some),
        }
    }

    /// Whether anything but literal names was given (`has_globs`).
    pub fn has_globs(&self) -> bool {
        match self {
            Wildcard::All => true,
            Wildcard::Some { patterns, .. } => !patterns.is_empty(),
        }
    }

    /// Whether a name is one of the names or fits one of the patterns.
    pub fn matches(&self, name: &str) -> bool {
        match self {
            Wildcard::All => true,
            Wildcard::Some { names, patterns } => {
                names.iter().any(|known| known == name)
                    || patterns.iter().any(|pattern| pattern.matches(name))
            }
        }
    }
}

/// Whether an expression is a pattern: it has `*`, `?`, or a `[` with a `]` after it in the same line.
pub fn has_magic(expression: &str) -> bool {
    expression.contains(['*', '?'])
        || expression
            .lines()
            .any(|line| line.find('[').is_some_and(|at| line[at..].contains(']')))
}

/// A compiled pattern with the meaning of Python's `fnmatch.fnmatchcase`: `*`, `?`, `[seq]`, `[!seq]`, over
/// characters, case-sensitive, `/` and a leading dot not special.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    text: String,
    tokens: Vec<Token>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Star,
    Any,
    Literal(char),
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Token {
    /// Whether one character fits; never asked of [`Token::Star`].
    fn takes(&self, c: char) -> bool {
        match self {
            Token::Star | Token::Any => true,
            Token::Literal(wanted) => *wanted == c,
            Token::Class { negated, ranges } => {
                ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *negated
            }
        }
    }
}

impl Glob {
    /// Compiles a pattern. Every text is a pattern: a `[` that is not closed stands for itself.
    pub fn new(pattern: &str) -> Glob {
        let chars: Vec<char> = pattern.chars().collect();
        let mut tokens = Vec::new();
        let mut at = 0;
        while at < chars.len() {
            let c = chars[at];
            at += 1;
            match c {
                '*' if tokens.last() == Some(&Token::Star) => {}
                '*' => tokens.push(Token::Star),
                '?' => tokens.push(Token::Any),
                '[' => match class_end(&chars, at) {
                    None => tokens.push(Token::Literal('[')),
                    Some(end) => {
                        tokens.push(class(&chars[at..end]));
                        at = end + 1;
                    }
                },
                _ => tokens.push(Token::Literal(c)),
            }
        }
        Glob {
            text: pattern.to_owned(),
            tokens,
        }
    }

    /// The pattern as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the whole of `name` fits. Time is at most proportional to the product of the two lengths.
    pub fn matches(&self, name: &str) -> bool {
        let mut rest = name.chars();
        let mut token = 0;
        // Where to go on when what follows the last star does not fit: one more character into the star.
        let mut retry: Option<(usize, std::str::Chars<'_>)> = None;
        loop {
            if self.tokens.get(token) == Some(&Token::Star) {
                token += 1;
                retry = Some((token, rest.clone()));
                continue;
            }
            let mut ahead = rest.clone();
            match (self.tokens.get(token), ahead.next()) {
                (None, None) => return true,
                (Some(wanted), Some(c)) if wanted.takes(c) => {
                    token += 1;
                    rest = ahead;
                }
                (Some(_), None) => return false,
                _ => match &mut retry {
                    None => return false,
                    Some((after_star, from)) => {
                        from.next();
                        token = *after_star;
                        rest = from.clone();
                    }
                },
            }
        }
    }
}

/// Index of the `]` that closes the class whose content starts at `start`; a `]` in first place is content.
fn class_end(chars: &[char], start: usize) -> Option<usize> {
    let mut at = start;
    if chars.get(at) == Some(&'!') {
        at += 1;
    }
    if chars.get(at) == Some(&']') {
        at += 1;
    }
    (at..chars.len()).find(|&i| chars[i] == ']')
}

/// Reads the content of a class. A range that runs backwards is removed, as `fnmatch.translate` does.
fn class(content: &[char]) -> Token {
    let negated = content.first() == Some(&'!');
    let content = if negated { &content[1..] } else { content };
    let mut chunks = chunks_between_hyphens(content);
    for k in (1..chunks.len()).rev() {
        if chunks[k - 1].last() > chunks[k].first() {
            let next = chunks.remove(k);
            chunks[k - 1].pop();
            chunks[k - 1].extend(&next[1..]);
        }
    }
    let mut ranges = Vec::new();
    for (k, chunk) in chunks.iter().enumerate() {
        // The first character ends a range begun by the chunk before, the last begins one with the chunk after.
        ranges.extend(chunk.iter().map(|&c| (c, c)));
        if let (Some(&low), Some(&high)) = (
            chunk.last(),
            chunks.get(k + 1).and_then(|next| next.first()),
        ) {
            ranges.push((low, high));
        }
    }
    Token::Class { negated, ranges }
}

/// Cuts at the hyphens that make ranges; the others are content.
fn chunks_between_hyphens(content: &[char]) -> Vec<Vec<char>> {
    let mut chunks: Vec<Vec<char>> = Vec::new();
    let mut start = 0;
    let mut from = 1;
    while let Some(hyphen) = (from..content.len()).find(|&i| content[i] == '-') {
        chunks.push(content[start..hyphen].to_vec());
        start = hyphen + 1;
        from = hyphen + 3;
    }
    match chunks.last_mut() {
        // A hyphen in last place stands for itself.
        Some(last) if start >= content.len() => last.push('-'),
        _ => chunks.push(content[start..].to_vec()),
    }
    chunks
}

#[cfg(test)]
#[path = "glob_tests.rs"]
mod tests;
