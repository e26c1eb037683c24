//! Where a HEALPix pixel lies in the grid of its base face.

use super::cell::Cell;

/// A pixel by base face, column and row. `x` grows to the north-east, `y` to the north-west, both from the face's
/// southern corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// How often the faces were divided; columns and rows are below 2^`order`.
    pub order: u32,
    /// 0-3 around the north pole, 4-7 along the equator, 8-11 around the south pole.
    pub face: u8,
    /// Column.
    pub x: i64,
    /// Row.
    pub y: i64,
}

impl Place {
    /// Where `cell` lies: the bits of column and row alternate in its number.
    pub fn of(cell: Cell) -> Self {
        let within = cell.index & ((1 << (2 * cell.order)) - 1);
        Self {
            order: cell.order,
            face: (cell.index >> (2 * cell.order)) as u8,
            x: every_second_bit(within),
            y: every_second_bit(within >> 1),
        }
    }

    /// The pixel here.
    pub fn cell(self) -> Cell {
        let face = u64::from(self.face) << (2 * self.order);
        Cell {
            order: self.order,
            index: face | spaced_bits(self.x) | spaced_bits(self.y) << 1,
        }
    }

    /// The pixel one column (`dx` = ±1) and/or one row (`dy` = ±1) away, across the border of the face if need be.
    ///
    /// `None` where only seven pixels meet this one: at the corners where three faces touch.
    pub fn neighbor(self, dx: i64, dy: i64) -> Option<Self> {
        let nside = 1 << self.order;
        let (x, y) = (self.x + dx, self.y + dy);
        let off = |v: i64| i64::from(v >= nside) - i64::from(v < 0);
        let (face, turn) = adjacent_face(self.face, off(x), off(y))?;
        let (x, y) = (x.rem_euclid(nside), y.rem_euclid(nside));
        let last = nside - 1;
        let (x, y) = match turn {
            Turn::None => (x, y),
            Turn::Half => (last - x, last - y),
            Turn::East => (y, last - x),
            Turn::West => (last - y, x),
        };
        Some(Self { face, x, y, ..self })
    }
}

/// How the grid of a face is turned against that of the face it is entered from.
#[derive(Debug, Clone, Copy)]
enum Turn {
    None,
    East,
    West,
    Half,
}

/// The face beyond the border that is crossed by leaving `face` in the direction (`x`, `y`), each -1, 0 or 1.
fn adjacent_face(face: u8, x: i64, y: i64) -> Option<(u8, Turn)> {
    let column = face % 4;
    let north = |steps: u8, turn| Some(((column + steps) % 4, turn));
    let middle = |steps: u8| Some((4 + (column + steps) % 4, Turn::None));
    let south = |steps: u8, turn| Some((8 + (column + steps) % 4, turn));
    match (face / 4, x, y) {
        (_, 0, 0) => Some((face, Turn::None)),
        (0, 1, 0) => north(1, Turn::East),
        (0, 1, 1) => north(2, Turn::Half),
        (0, 0, 1) => north(3, Turn::West),
        (0, -1, 0) => middle(0),
        (0, -1, -1) => south(0, Turn::None),
        (0, 0, -1) => middle(1),
        (1, 1, 0) => north(0, Turn::None),
        (1, 0, 1) => north(3, Turn::None),
        (1, -1, 1) => middle(3),
        (1, -1, 0) => south(3, Turn::None),
        (1, 0, -1) => south(0, Turn::None),
        (1, 1, -1) => middle(1),
        (2, 0, -1) => south(1, Turn::West),
        (2, -1, -1) => south(2, Turn::Half),
        (2, -1, 0) => south(3, Turn::East),
        (2, 0, 1) => middle(0),
        (2, 1, 1) => north(0, Turn::None),
        (2, 1, 0) => middle(1),
        _ => None,
    }
}

/// The bits of `v`, below 2^32, at the even places of the result.
fn spaced_bits(v: i64) -> u64 {
    let mut b = v as u64;
    b = (b | b << 16) & 0x0000_ffff_0000_ffff;
    b = (b | b << 8) & 0x00ff_00ff_00ff_00ff;
    b = (b | b << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    b = (b | b << 2) & 0x3333_3333_3333_3333;
    (b | b << 1) & 0x5555_5555_5555_5555
}

/// The bits at the even places of `v`, side by side.
fn every_second_bit(v: u64) -> i64 {
    let mut b = v & 0x5555_5555_5555_5555;
    b = (b | b >> 1) & 0x3333_3333_3333_3333;
    b = (b | b >> 2) & 0x0f0f_0f0f_0f0f_0f0f;
    b = (b | b >> 4) & 0x00ff_00ff_00ff_00ff;
    b = (b | b >> 8) & 0x0000_ffff_0000_ffff;
    ((b | b >> 16) & 0x0000_0000_ffff_ffff) as i64
}
