//! From the keywords of a header that say how large its data are to an HDU, and what is wrong with them.

use std::collections::BTreeMap;

use crate::card::{Card, CardValue};
use crate::fault::{Problem, Severity};
use crate::hdu::{CompressedImage, Hdu, HduKind};
use crate::table::BinaryFormat;

/// Largest number of axes and of columns.
const MANY: i64 = 999;

/// Keywords that are kept, and those that are kept with a number behind them.
const KEYWORDS: [&str; 15] = [
    "SIMPLE", "XTENSION", "BITPIX", "NAXIS", "PCOUNT", "GCOUNT", "GROUPS", "EXTNAME", "EXTVER",
    "TFIELDS", "THEAP", "ZIMAGE", "ZCMPTYPE", "ZBITPIX", "ZNAXIS",
];
const NUMBERED: [&str; 3] = ["NAXIS", "TFORM", "ZNAXIS"];

/// What a header says of the structure: first the cards go in, then the HDU comes out.
#[derive(Default)]
pub(crate) struct Structure {
    cards: usize,
    found: BTreeMap<String, (usize, CardValue)>,
    not_ascii: Option<Problem>,
    faults: Vec<(Severity, Problem)>,
}

impl Structure {
    /// Take the next card.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.cards += 1;
        if let Some(byte) = bytes.iter().find(|b| !(b' '..=b'~').contains(b)) {
            let card = self.cards;
            self.not_ascii
                .get_or_insert(Problem::NotAscii { card, byte: *byte });
        }
        let name = bytes.get(..8).and_then(|name| str::from_utf8(name).ok());
        if let Some(name) = name.map(str::trim_end).filter(|name| is_kept(name)) {
            // Of a keyword that is repeated the first counts.
            let value = || (self.cards, Card::parse(bytes).value);
            self.found.entry(name.to_owned()).or_insert_with(value);
        }
    }

    /// The HDU, unless its size cannot be known; and all that is wrong.
    pub(crate) fn finish(
        mut self,
        number: usize,
        header: u64,
        data: u64,
    ) -> (Option<Hdu>, Vec<(Severity, Problem)>) {
        let hdu = self.hdu(number, header, data);
        let bad = hdu.is_none();
        self.faults
            .extend(self.not_ascii.take().map(|p| (Severity::Warning, p)));
        if bad
            && self
                .faults
                .iter()
                .all(|(severity, _)| *severity == Severity::Warning)
        {
            self.faults.push((Severity::Error, Problem::TooLarge));
        }
        (hdu, self.faults)
    }

    fn hdu(&mut self, number: usize, header_offset: u64, data_offset: u64) -> Option<Hdu> {
        let kind = self.kind(number)?;
        let bitpix = self.integer("BITPIX", 2, |v| matches!(v, 8 | 16 | 32 | 64 | -32 | -64));
        let axes = self.axes("NAXIS", 3);
        let after = 4 + axes.as_ref().map_or(0, Vec::len);
        let is_groups = matches!(self.value("GROUPS"), Some(CardValue::Logical(true)));
        let is_image = matches!(kind, HduKind::Primary | HduKind::Image);
        let (mut pcount, mut gcount) = (Some(0), Some(1));
        if kind != HduKind::Primary {
            let is_known = !matches!(kind, HduKind::Other(_));
            pcount = self.integer("PCOUNT", after, |v| if is_image { v == 0 } else { v >= 0 });
            gcount = self.integer(
                "GCOUNT",
                after + 1,
                |v| if is_known { v == 1 } else { v >= 0 },
            );
        } else if is_groups {
            pcount = self.integer("PCOUNT", 0, |v| v >= 0);
            gcount = self.integer("GCOUNT", 0, |v| v >= 0);
        }
        let (bitpix, axes, pcount, gcount) = (bitpix?, axes?, pcount?, gcount?);
        let hdu = Hdu {
            number,
            data_len: data_len(
                bitpix,
                &axes,
                pcount,
                gcount,
                is_groups && kind == HduKind::Primary,
            )?,
            header_offset,
            data_offset,
            bitpix,
            axes,
            pcount: pcount.unsigned_abs(),
            gcount: gcount.unsigned_abs(),
            is_groups,
            name: self.text("EXTNAME"),
            version: match self.value("EXTVER") {
                Some(CardValue::Integer(version)) => *version,
                _ => 1,
            },
            compressed: self.compressed(&kind),
            kind,
        };
        data_offset
            .checked_add(hdu.data_len)?
            .checked_next_multiple_of(crate::limits::BLOCK)?;
        self.check_table(&hdu);
        Some(hdu)
    }

    fn kind(&mut self, number: usize) -> Option<HduKind> {
        if number == 0 {
            if !matches!(self.value("SIMPLE"), Some(CardValue::Logical(true))) {
                self.faults.push((Severity::Warning, Problem::NotSimple));
            }
            return Some(HduKind::Primary);
        }
        let name = self.text("XTENSION");
        let kind = match name.as_deref() {
            Some("IMAGE") => HduKind::Image,
            Some("TABLE") => HduKind::AsciiTable,
            Some("BINTABLE") => HduKind::BinaryTable,
            Some(other) => {
                self.faults.push((
                    Severity::Warning,
                    Problem::UnknownExtension(other.to_owned()),
                ));
                HduKind::Other(other.to_owned())
            }
            None => {
                let problem = self.wrong("XTENSION");
                self.faults.push((Severity::Error, problem));
                return None;
            }
        };
        Some(kind)
    }

    /// The lengths of the axes that `keyword` counts.
    fn axes(&mut self, keyword: &str, card: usize) -> Option<Vec<u64>> {
        let number = self.integer(keyword, card, |v| (0..=MANY).contains(&v))?;
        let mut axes = Vec::new();
        for axis in 1..=number {
            let place = if card == 0 { 0 } else { card + axes.len() + 1 };
            let length = self.integer(&format!("{keyword}{axis}"), place, |v| v >= 0)?;
            axes.push(length.unsigned_abs());
        }
        Some(axes)
    }

    fn compressed(&mut self, kind: &HduKind) -> Option<CompressedImage> {
        let is_compressed = matches!(self.value("ZIMAGE"), Some(CardValue::Logical(true)));
        if *kind != HduKind::BinaryTable || !is_compressed {
            return None;
        }
        let bitpix = self.integer("ZBITPIX", 0, |v| matches!(v, 8 | 16 | 32 | 64 | -32 | -64))?;
        Some(CompressedImage {
            axes: self.axes("ZNAXIS", 0)?,
            algorithm: self.text("ZCMPTYPE").unwrap_or_default(),
            bitpix,
        })
    }

    /// Columns must fill the rows, the heap must lie behind them.
    fn check_table(&mut self, hdu: &Hdu) {
        let Some(row) = hdu.row_len() else { return };
        if hdu.axes.len() != 2 || hdu.bitpix != 8 {
            let (keyword, value) = match hdu.bitpix {
                8 => ("NAXIS", hdu.axes.len().to_string()),
                bitpix => ("BITPIX", bitpix.to_string()),
            };
            self.faults.push((
                Severity::Error,
                Problem::BadValue {
                    keyword: keyword.to_owned(),
                    value,
                },
            ));
            return;
        }
        let Some(fields) = self.integer("TFIELDS", 0, |v| (0..=MANY).contains(&v)) else {
            return;
        };
        if hdu.kind == HduKind::AsciiTable {
            return;
        }
        let mut columns = Some(0_u64);
        for field in 1..=fields {
            let keyword = format!("TFORM{field}");
            let width = self
                .text(&keyword)
                .and_then(|form| BinaryFormat::parse(&form)?.width());
            if width.is_none() {
                let problem = self.wrong(&keyword);
                self.faults.push((Severity::Error, problem));
            }
            columns = columns
                .zip(width)
                .and_then(|(sum, width)| sum.checked_add(width));
        }
        if let Some(columns) = columns.filter(|c| *c != row) {
            self.faults
                .push((Severity::Error, Problem::RowLength { columns, row }));
        }
        if let Some(CardValue::Integer(heap)) = self.value("THEAP") {
            let rows = hdu.data_len.saturating_sub(hdu.pcount);
            if u64::try_from(*heap).is_ok_and(|heap| heap >= rows && heap <= hdu.data_len) {
                return;
            }
            let problem = Problem::Heap(*heap);
            self.faults.push((Severity::Error, problem));
        }
    }

    /// A mandatory integer. It should be in `card` (0: wherever), which is a warning.
    fn integer(
        &mut self,
        keyword: &str,
        card: usize,
        is_valid: impl Fn(i64) -> bool,
    ) -> Option<i64> {
        match self.found.get(keyword) {
            Some((at, CardValue::Integer(value))) if is_valid(*value) => {
                let (at, value) = (*at, *value);
                if card != 0 && at != card {
                    let keyword = keyword.to_owned();
                    let misplaced = Problem::Misplaced {
                        keyword,
                        card: at,
                        wanted: card,
                    };
                    self.faults.push((Severity::Warning, misplaced));
                }
                Some(value)
            }
            _ => {
                let problem = self.wrong(keyword);
                self.faults.push((Severity::Error, problem));
                None
            }
        }
    }

    /// What is wrong with a mandatory keyword that has no usable value.
    fn wrong(&self, keyword: &str) -> Problem {
        let value = match self.value(keyword) {
            None => return Problem::Missing(keyword.to_owned()),
            Some(CardValue::Integer(value)) => value.to_string(),
            Some(CardValue::Text(value)) => format!("'{value}'"),
            Some(CardValue::BigInteger(value) | CardValue::Invalid(value)) => value.clone(),
            Some(CardValue::Float(value)) => value.to_string(),
            Some(CardValue::Logical(value)) => (if *value { "T" } else { "F" }).to_owned(),
            Some(_) => "nothing".to_owned(),
        };
        let keyword = keyword.to_owned();
        Problem::BadValue { keyword, value }
    }

    fn value(&self, keyword: &str) -> Option<&CardValue> {
        self.found.get(keyword).map(|(_, value)| value)
    }

    fn text(&self, keyword: &str) -> Option<String> {
        match self.value(keyword) {
            Some(CardValue::Text(text)) => Some(text.clone()),
            _ => None,
        }
    }
}

fn is_kept(name: &str) -> bool {
    let is_number =
        |n: &str| n.len() <= 3 && !n.starts_with('0') && n.bytes().all(|b| b.is_ascii_digit());
    KEYWORDS.contains(&name)
        || NUMBERED.iter().any(|k| {
            name.strip_prefix(k)
                .is_some_and(|n| !n.is_empty() && is_number(n))
        })
}

/// `|BITPIX|/8 * GCOUNT * (PCOUNT + NAXIS1 * ... * NAXISn)`; without NAXIS1 for random groups.
fn data_len(bitpix: i64, axes: &[u64], pcount: i64, gcount: i64, is_groups: bool) -> Option<u64> {
    let counted = match (is_groups, axes) {
        (_, []) => return Some(0),
        (true, [0, rest @ ..]) => rest,
        (_, all) => all,
    };
    let product = counted.iter().try_fold(1_u64, |product, axis| match axis {
        0 => Some(0),
        axis => product.checked_mul(*axis),
    });
    let elements = product?.checked_add(pcount.unsigned_abs())?;
    let bytes = elements
        .checked_mul(gcount.unsigned_abs())?
        .checked_mul(bitpix.unsigned_abs() / 8)?;
    i64::try_from(bytes).is_ok().then_some(bytes)
}
