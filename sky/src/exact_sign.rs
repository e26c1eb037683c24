//! The sign of a 3x3 determinant of doubles, from integers as long as needed.
//!
//! This is meant to be exact, and so is the reference's, but that forgets to drop leading zero words after one kind of
//! subtraction (`_sub` in `sphgeom/BigInteger.cc` tests the minuend's words instead of the difference's). Numbers are then
//! ordered by their count of words, and rarely, when components differ by many orders of magnitude, a sign comes out
//! wrong. Relations, hulls and pixels depend on these signs, so the counts of words here are the reference's.

use std::cmp::{Ordering, Reverse};

use crate::vector3d::Vector3d;

/// Words of 32 bits that hold any sum of products, which span at most 3 * 2098 + 192 bits.
const WORDS: usize = 208;

/// The product of three doubles: sign * words * 2^exponent, least significant word first, without leading zero words.
#[derive(Clone, Copy)]
struct Product {
    sign: i32,
    words: [u32; 6],
    size: usize,
    exponent: i32,
}

/// Takes a double apart: is it negative, its mantissa (of 53 bits unless zero) and its exponent.
///
/// Infinities and NaN count as -1024. That is what the reference's conversion of them to an integer yields on x86-64
/// (`sphgeom/orientation.cc`); such components can only come from bytes that were not written by sphgeom.
fn unpack(d: f64) -> (bool, u64, i32) {
    if !d.is_finite() {
        return (true, 1 << 63, -53);
    }
    if d == 0.0 {
        return (false, 0, -53);
    }
    let bits = d.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    if exponent == 0 {
        let shift = fraction.leading_zeros() - 11;
        (d < 0.0, fraction << shift, -1074 - shift as i32)
    } else {
        (d < 0.0, fraction | (1 << 52), exponent - 1075)
    }
}

impl Product {
    fn new(a: f64, b: f64, c: f64, sign: i32) -> Self {
        let (na, ma, ea) = unpack(a);
        let (nb, mb, eb) = unpack(b);
        let (nc, mc, ec) = unpack(c);
        let ab = u128::from(ma) * u128::from(mb);
        let low = u128::from(ab as u64) * u128::from(mc);
        let high = (ab >> 64) * u128::from(mc) + (low >> 64);
        let word = |i: u32| {
            if i < 2 {
                (low >> (32 * i)) as u32
            } else {
                (high >> (32 * (i - 2))) as u32
            }
        };
        let words = [0, 1, 2, 3, 4, 5].map(word);
        let size = words
            .iter()
            .rposition(|w| *w != 0)
            .map_or(0, |last| last + 1);
        let sign = match size {
            0 => 0,
            _ if na ^ nb ^ nc => -sign,
            _ => sign,
        };
        Self {
            sign,
            words,
            size,
            exponent: ea + eb + ec,
        }
    }
}

/// A sum of products. Its words may have leading zeros.
struct Sum {
    sign: i32,
    words: [u32; WORDS],
    size: usize,
}

impl Sum {
    /// Multiplies by 2^`bits`.
    fn shift(&mut self, bits: u32) {
        if self.sign == 0 || bits == 0 {
            return;
        }
        let (whole, part) = ((bits / 32) as usize, bits % 32);
        for i in (0..self.size).rev() {
            let wide = u64::from(self.words[i]) << part;
            self.words[i] = 0;
            self.words[i + whole] = wide as u32;
            if i + 1 == self.size {
                self.words[i + whole + 1] = 0;
            }
            self.words[i + whole + 1] |= (wide >> 32) as u32;
        }
        self.size += whole;
        if self.words[self.size] != 0 {
            self.size += 1;
        }
    }

    /// Adds `p`, whose exponent is the sum's. `None` when the reference loses track of the value: its sign stays then.
    fn add(&mut self, p: &Product) -> Option<()> {
        if p.sign == 0 {
            return Some(());
        }
        if self.sign == 0 {
            self.set(p.sign, &p.words, p.size);
        } else if self.sign == p.sign {
            self.add_magnitude(p);
        } else {
            match self.size.cmp(&p.size) {
                Ordering::Greater => self.subtract(p)?,
                Ordering::Less => self.subtract_from(p, p.size),
                Ordering::Equal => match (0..p.size).rfind(|i| self.words[*i] != p.words[*i]) {
                    None => self.set(0, &[], 0),
                    Some(top) => {
                        self.size = top + 1;
                        if self.words[top] > p.words[top] {
                            self.subtract(p)?;
                        } else {
                            self.subtract_from(p, top + 1);
                        }
                    }
                },
            }
        }
        Some(())
    }

    fn set(&mut self, sign: i32, words: &[u32], size: usize) {
        self.words[..size].copy_from_slice(&words[..size]);
        self.sign = sign;
        self.size = size;
    }

    fn add_magnitude(&mut self, p: &Product) {
        self.words[self.size..p.size.max(self.size)].fill(0);
        self.size = self.size.max(p.size);
        let mut carry = 0;
        for i in 0..self.size {
            let addend = if i < p.size { p.words[i] } else { 0 };
            let wide = u64::from(self.words[i]) + u64::from(addend) + carry;
            self.words[i] = wide as u32;
            carry = wide >> 32;
        }
        if carry != 0 {
            self.words[self.size] = carry as u32;
            self.size += 1;
        }
    }

    /// This magnitude less that of `p`. Leading zeros go only if the borrow has come to the top.
    fn subtract(&mut self, p: &Product) -> Option<()> {
        let mut borrow = false;
        let mut i = 0;
        while i < self.size && (i < p.size || borrow) {
            let other = if i < p.size { p.words[i] } else { 0 };
            let (word, b1) = self.words[i].overflowing_sub(other);
            let (word, b2) = word.overflowing_sub(u32::from(borrow));
            self.words[i] = word;
            borrow = b1 || b2;
            i += 1;
        }
        if borrow {
            return None;
        }
        if i == self.size {
            self.size = self.words[..i]
                .iter()
                .rposition(|w| *w != 0)
                .map_or(0, |last| last + 1);
        }
        Some(())
    }

    /// The lowest `size` words of `p` less this magnitude, with leading zeros.
    fn subtract_from(&mut self, p: &Product, size: usize) {
        let mut borrow = false;
        for i in 0..size {
            let ours = if i < self.size { self.words[i] } else { 0 };
            let (word, b1) = p.words[i].overflowing_sub(ours);
            let (word, b2) = word.overflowing_sub(u32::from(borrow));
            self.words[i] = word;
            borrow = b1 || b2;
        }
        self.size = size;
        self.sign = p.sign;
    }
}

/// Sign (-1, 0 or 1) of the determinant of the matrix with rows `a`, `b`, `c`.
pub(crate) fn determinant_sign(a: &Vector3d, b: &Vector3d, c: &Vector3d) -> i32 {
    let mut products = [
        Product::new(a.x, b.y, c.z, 1),
        Product::new(a.x, b.z, c.y, -1),
        Product::new(a.y, b.z, c.x, 1),
        Product::new(a.y, b.x, c.z, -1),
        Product::new(a.z, b.x, c.y, 1),
        Product::new(a.z, b.y, c.x, -1),
    ];
    products.sort_by_key(|p| Reverse(p.exponent));
    let mut sum = Sum {
        sign: 0,
        words: [0; WORDS],
        size: 0,
    };
    let mut exponent = products[0].exponent;
    for p in &products {
        sum.shift(exponent.abs_diff(p.exponent));
        exponent = p.exponent;
        if sum.add(p).is_none() {
            break;
        }
    }
    sum.sign
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extremes_of_the_exponent_range_do_not_overflow() {
        let big = Vector3d::new(f64::MAX, f64::MAX, f64::MIN);
        let tiny = Vector3d::new(5e-324, -5e-324, 5e-324);
        let mixed = Vector3d::new(1.0, f64::MAX, -5e-324);
        assert_eq!(determinant_sign(&big, &big, &big), 0);
        // With M and t for the largest and smallest double: det [[M, M, -M], [t, -t, t], [1, M, -t]] = 2 M t (t - M).
        assert_eq!(determinant_sign(&big, &tiny, &mixed), -1);
        assert_eq!(determinant_sign(&tiny, &big, &mixed), 1);
        let [x, y, z] = [
            Vector3d::new(1.0, 0.0, 0.0),
            Vector3d::new(0.0, 1.0, 0.0),
            Vector3d::new(0.0, 0.0, 1.0),
        ];
        assert_eq!(determinant_sign(&x, &y, &z), 1);
        assert_eq!(determinant_sign(&y, &x, &z), -1);
    }
}
