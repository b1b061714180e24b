//! xterm's colours, for whoever must know them in red, green and blue: a program that asks, and pictures.

use alacritty_terminal::vte::ansi::Rgb;

/// The first sixteen: xterm's defaults (`XTerm-col.ad`).
const BASE: [u32; 16] = [
    0x00_0000, 0xcd_0000, 0x00_cd00, 0xcd_cd00, 0x00_00ee, 0xcd_00cd, 0x00_cdcd, 0xe5_e5e5, 0x7f_7f7f, 0xff_0000,
    0x00_ff00, 0xff_ff00, 0x5c_5cff, 0xff_00ff, 0x00_ffff, 0xff_ffff,
];
/// The levels of the 6×6×6 cube (`256colres.pl`).
const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The usual colour of a palette entry: 0 to 255, then 256 text, 257 background, 258 cursor.
pub(crate) fn rgb(index: usize) -> Rgb {
    match index {
        0..=15 => from_hex(BASE[index]),
        16..=231 => {
            let cube = index - 16;
            Rgb { r: LEVELS[cube / 36], g: LEVELS[cube / 6 % 6], b: LEVELS[cube % 6] }
        }
        232..=255 => {
            let grey = u8::try_from(8 + (index - 232) * 10).unwrap_or(u8::MAX);
            Rgb { r: grey, g: grey, b: grey }
        }
        257 => from_hex(BASE[0]),
        _ => from_hex(BASE[7]),
    }
}

fn from_hex(hex: u32) -> Rgb {
    let [_, r, g, b] = hex.to_be_bytes();
    Rgb { r, g, b }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_palette_is_that_of_xterm() {
        assert_eq!(rgb(1), Rgb { r: 0xcd, g: 0, b: 0 });
        assert_eq!(rgb(16), Rgb { r: 0, g: 0, b: 0 });
        assert_eq!(rgb(208), Rgb { r: 255, g: 135, b: 0 });
        assert_eq!(rgb(231), Rgb { r: 255, g: 255, b: 255 });
        assert_eq!(rgb(232), Rgb { r: 8, g: 8, b: 8 });
        assert_eq!(rgb(255), Rgb { r: 238, g: 238, b: 238 });
    }
}
