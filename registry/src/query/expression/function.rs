//! What calls of functions must look like (`function_call`, `queries/expressions/parser/exprTree.py`).

use uuid::Uuid;

use super::character::upper;
use super::syntax::{Function, Syntax, SyntaxKind};

/// A call, if the function takes such arguments; else what is wrong.
pub(super) fn call(name: &str, mut arguments: Vec<Syntax>) -> Result<SyntaxKind, String> {
    let function = match upper(name).as_str() {
        "POINT" => Function::Point,
        "CIRCLE" => Function::Circle,
        "BOX" => Function::Box,
        "POLYGON" => Function::Polygon,
        "REGION" => Function::Region,
        "GLOB" => Function::Glob,
        "UUID" => return uuid(&arguments),
        _ => Function::Unknown(name.to_owned()),
    };
    let count = arguments.len();
    match &function {
        Function::Point if count != 2 => return Err("POINT takes (ra, dec), not this,".into()),
        Function::Circle if count != 3 => {
            return Err("CIRCLE takes (ra, dec, radius), not this,".into());
        }
        Function::Box if count != 4 => {
            return Err("BOX takes (ra, dec, width, height), not this,".into());
        }
        Function::Polygon if count < 6 || !count.is_multiple_of(2) => {
            return Err("POLYGON takes at least three pairs of ra and dec, not this,".into());
        }
        Function::Region if count != 1 => return Err("REGION takes one text, not this,".into()),
        Function::Glob if count != 2 => {
            return Err("GLOB takes (identifier, pattern), not this,".into());
        }
        Function::Circle | Function::Box | Function::Polygon => {
            check(&function, &arguments, is_number)?;
        }
        Function::Region => check(&function, &arguments, is_text)?,
        Function::Glob => arguments = glob(&arguments)?,
        _ => {}
    }
    Ok(SyntaxKind::Call {
        function,
        arguments,
    })
}

fn check(
    function: &Function,
    arguments: &[Syntax],
    fits: fn(&SyntaxKind) -> bool,
) -> Result<(), String> {
    match arguments.iter().find(|argument| !fits(&argument.kind)) {
        Some(argument) => Err(format!("{} does not take {argument}", function.name())),
        None => Ok(()),
    }
}

fn is_number(kind: &SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::Number(_)
            | SyntaxKind::Bind(_)
            | SyntaxKind::Identifier(_)
            | SyntaxKind::Binary { .. }
            | SyntaxKind::Unary { .. }
    )
}

fn is_text(kind: &SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::String(_) | SyntaxKind::Bind(_) | SyntaxKind::Identifier(_)
    )
}

fn glob(arguments: &[Syntax]) -> Result<Vec<Syntax>, String> {
    let arguments: Vec<Syntax> = arguments
        .iter()
        .map(|argument| argument.without_parens().clone())
        .collect();
    match arguments.iter().map(|a| &a.kind).collect::<Vec<_>>()[..] {
        [
            SyntaxKind::Identifier(_),
            SyntaxKind::String(_) | SyntaxKind::Bind(_),
        ] => Ok(arguments),
        [SyntaxKind::Identifier(_), _] => {
            Err("GLOB takes as second argument only text or a :name, not this,".into())
        }
        _ => Err("GLOB takes as first argument only an identifier, not this,".into()),
    }
}

fn uuid(arguments: &[Syntax]) -> Result<SyntaxKind, String> {
    let [argument] = arguments else {
        return Err("UUID takes one text, not this,".into());
    };
    let SyntaxKind::String(text) = &argument.without_parens().kind else {
        return Err(format!("UUID takes only text in quotes, not {argument}"));
    };
    // Python's uuid.UUID does not care where braces and hyphens are.
    let digits = text.replace("urn:", "").replace("uuid:", "");
    let digits = digits.trim_matches(['{', '}']).replace('-', "");
    let value = Some(digits.as_str())
        .filter(|d| d.len() == 32 && d.bytes().all(|b| b.is_ascii_hexdigit()))
        .and_then(|d| u128::from_str_radix(d, 16).ok());
    match value {
        Some(value) => Ok(SyntaxKind::Uuid(Uuid::from_u128(value))),
        None => Err(format!("'{text}' is no UUID")),
    }
}
