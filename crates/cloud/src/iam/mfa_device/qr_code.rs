//! A QR code as a picture, which a phone's authenticator reads the seed from.

use qrcodegen::{QrCode, QrCodeEcc};

/// Pixels of a module's side.
const SCALE: usize = 6;
/// Modules of the white margin (ISO/IEC 18004 wants four).
const MARGIN: usize = 4;

/// A PNG with the QR code of `text`; `None` if the text is too long for one (2,331 bytes).
pub(super) fn png(text: &str) -> Option<Vec<u8>> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let modules = usize::try_from(code.size()).ok()? + 2 * MARGIN;
    let width = modules * SCALE;
    let mut pixels = Vec::with_capacity((width / 8 + 2) * width);
    for row in 0..modules {
        let line = scan_line(&code, row, width);
        (0..SCALE).for_each(|_| pixels.extend_from_slice(&line));
    }
    let side = u32::try_from(width).ok()?.to_be_bytes();
    // One bit a pixel, shades of grey, no interlacing.
    let header = [&side[..], &side[..], &[1, 0, 0, 0, 0]].concat();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, *b"IHDR", &header)?;
    chunk(&mut png, *b"IDAT", &miniz_oxide::deflate::compress_to_vec_zlib(&pixels, 6))?;
    chunk(&mut png, *b"IEND", &[])?;
    Some(png)
}

/// One line of pixels, behind the byte that says that it is not filtered. White is 1.
fn scan_line(code: &QrCode, row: usize, width: usize) -> Vec<u8> {
    let is_dark = |pixel: usize| {
        // Modules outside of the code are light.
        let at = |module: usize| module.checked_sub(MARGIN).and_then(|at| i32::try_from(at).ok());
        at(pixel / SCALE).zip(at(row)).is_some_and(|(x, y)| code.get_module(x, y))
    };
    let mut line = vec![0];
    for byte in 0..width.div_ceil(8) {
        let bits = (0..8).map(|bit| byte * 8 + bit).map(|pixel| u8::from(!is_dark(pixel)));
        line.push(bits.fold(0, |bits, bit| bits << 1 | bit));
    }
    line
}

/// Length, name, content and checksum (PNG specification, section 5.3).
fn chunk(png: &mut Vec<u8>, name: [u8; 4], content: &[u8]) -> Option<()> {
    png.extend_from_slice(&u32::try_from(content.len()).ok()?.to_be_bytes());
    let checked = [&name[..], content].concat();
    png.extend_from_slice(&checked);
    png.extend_from_slice(&crc32(&checked).to_be_bytes());
    Some(())
}

/// The checksum of PNG (specification, annex D), bit by bit: pictures are small.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture() {
        assert_eq!(crc32(b"IEND"), 0xae42_6082);
        let png = png("otpauth://totp/a@123456789012?secret=MZXW6YTBOI").unwrap();
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"));
        assert!(png.ends_with(b"\0\0\0\0IEND\xae\x42\x60\x82"));
        let side = u32::from_be_bytes(png[16..20].try_into().unwrap());
        // A code of version 4 has 33 modules a side.
        assert_eq!(side, (33 + 8) * 6);
        let length = usize::try_from(u32::from_be_bytes(png[33..37].try_into().unwrap())).unwrap();
        let pixels = miniz_oxide::inflate::decompress_to_vec_zlib(&png[41..41 + length]).unwrap();
        let line = usize::try_from(side.div_ceil(8)).unwrap() + 1;
        assert_eq!(pixels.len(), line * usize::try_from(side).unwrap());
        // The margin is white; the finder pattern in the corner starts with seven dark modules.
        assert!(pixels[1..line].iter().all(|byte| *byte == 0xff));
        let row: Vec<bool> = (0..16)
            .map(|module| module * SCALE)
            .map(|pixel| pixels[line * MARGIN * SCALE + 1 + pixel / 8] >> (7 - pixel % 8) & 1 == 1)
            .collect();
        assert_eq!(row[..12], [[true; 4].as_slice(), &[false; 7], &[true]].concat());
        assert!(super::png(&"a".repeat(2332)).is_none());
    }
}
