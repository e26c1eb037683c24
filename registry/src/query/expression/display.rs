//! Syntax trees as text that has the same syntax tree.

use std::fmt::{self, Display, Formatter};

use super::syntax::{Syntax, SyntaxKind};

impl Display for Syntax {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (links, first) = self.chain();
        fmt_operand(first, f)?;
        for link in links.iter().rev() {
            write!(f, " {} {}", link.operator, link.rhs)?;
        }
        Ok(())
    }
}

/// Anything that is no chain.
fn fmt_operand(operand: &Syntax, f: &mut Formatter<'_>) -> fmt::Result {
    match &operand.kind {
        SyntaxKind::Number(text) | SyntaxKind::Identifier(text) => f.write_str(text),
        SyntaxKind::String(text) => write!(f, "'{text}'"),
        SyntaxKind::Time { text, .. } => write!(f, "T'{text}'"),
        SyntaxKind::Range {
            start,
            stop,
            stride,
        } => {
            write!(f, "{start}..{stop}")?;
            stride.map_or(Ok(()), |stride| write!(f, ":{stride}"))
        }
        SyntaxKind::Uuid(uuid) => write!(f, "UUID('{uuid}')"),
        SyntaxKind::Bind(name) => write!(f, ":{name}"),
        SyntaxKind::Unary { operator, operand } => write!(f, "{} {operand}", operator.name()),
        SyntaxKind::In {
            member,
            values,
            is_negated,
        } => {
            let not = if *is_negated { "NOT " } else { "" };
            write!(f, "{member} {not}IN (")?;
            fmt_list(values, f)
        }
        SyntaxKind::Parens(inner) => write!(f, "({inner})"),
        SyntaxKind::Tuple(items) => {
            f.write_str("(")?;
            fmt_list(items.as_slice(), f)
        }
        SyntaxKind::Call {
            function,
            arguments,
        } => {
            write!(f, "{}(", function.name())?;
            fmt_list(arguments, f)
        }
        // A chain begins with what is no operation on two.
        SyntaxKind::Binary { .. } => Ok(()),
    }
}

/// The rest of a list, after its opening parenthesis.
fn fmt_list(items: &[Syntax], f: &mut Formatter<'_>) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        let comma = if index > 0 { ", " } else { "" };
        write!(f, "{comma}{item}")?;
    }
    f.write_str(")")
}
