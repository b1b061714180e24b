//! Bytes of a disk, a partition or an image, read at a place; and numbers in them.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom};
use std::os::unix::fs::{FileExt, FileTypeExt, OpenOptionsExt};

/// Something with a size that can be read anywhere.
pub(crate) trait Bytes {
    /// Its length in bytes.
    fn size(&self) -> u64;
    /// Up to `length` bytes from `offset`: fewer at the end, none past it.
    fn at(&self, offset: u64, length: usize) -> io::Result<Vec<u8>>;
}

/// An open block device or image.
#[derive(Debug)]
pub(crate) struct Device {
    file: File,
    size: u64,
}

impl Device {
    /// Opens it for reading. A pipe is refused rather than waited for.
    pub(crate) fn open(path: &str) -> io::Result<Self> {
        let flags = (rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY).bits().cast_signed();
        let mut file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
        let kind = file.metadata()?.file_type();
        if !kind.is_file() && !kind.is_block_device() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let size = file.seek(SeekFrom::End(0))?;
        Ok(Self { file, size })
    }

    /// Drops what the kernel keeps of the range. A disk and its partitions are cached apart (one page cache for each
    /// block device), so what was written through `/dev/sdb1` may be missing in an old copy of `/dev/sdb`.
    pub(crate) fn forget(&self, offset: u64, length: u64) {
        let range = std::num::NonZeroU64::new(length);
        // Only advice: where it is refused, the copy is what it is.
        let _ = rustix::fs::fadvise(&self.file, offset, range, rustix::fs::Advice::DontNeed);
    }
}

impl Bytes for Device {
    fn size(&self) -> u64 {
        self.size
    }

    fn at(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let length = clamp(self.size, offset, length);
        let mut bytes = vec![0; length];
        let mut filled = 0;
        while filled < length {
            match self.file.read_at(&mut bytes[filled..], offset + filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        bytes.truncate(filled);
        Ok(bytes)
    }
}

/// A range of something larger: a partition of a disk.
#[derive(Debug)]
pub(crate) struct Range<'a, B: ?Sized> {
    /// The whole.
    pub(crate) whole: &'a B,
    /// First byte.
    pub(crate) start: u64,
    /// Length.
    pub(crate) size: u64,
}

impl<B: Bytes + ?Sized> Bytes for Range<'_, B> {
    fn size(&self) -> u64 {
        self.size
    }

    fn at(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        self.whole.at(self.start.saturating_add(offset), clamp(self.size, offset, length))
    }
}

impl Bytes for [u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn at(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let length = clamp(self.size(), offset, length);
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.len());
        Ok(self[start..start + length].to_vec())
    }
}

fn clamp(size: u64, offset: u64, length: usize) -> usize {
    usize::try_from(size.saturating_sub(offset)).unwrap_or(usize::MAX).min(length)
}

macro_rules! numbers {
    ($($name:ident, $int:ty, $from:ident;)*) => {$(
        /// The number at this place, if the bytes reach that far.
        pub(crate) fn $name(bytes: &[u8], at: usize) -> Option<$int> {
            let end = at.checked_add(size_of::<$int>())?;
            bytes.get(at..end)?.try_into().ok().map(<$int>::$from)
        }
    )*};
}
numbers! {
    le16, u16, from_le_bytes;
    le32, u32, from_le_bytes;
    le64, u64, from_le_bytes;
    be16, u16, from_be_bytes;
    be32, u32, from_be_bytes;
    be64, u64, from_be_bytes;
}

/// Text in a field padded with zeros; none where it is empty.
pub(crate) fn text(bytes: &[u8], at: usize, length: usize) -> Option<String> {
    let field = bytes.get(at..at.checked_add(length)?)?;
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(length);
    let text = String::from_utf8_lossy(&field[..end]).into_owned();
    (!text.is_empty()).then_some(text)
}

/// UTF-16 (little end first) padded with zeros; none where it is empty.
pub(crate) fn utf16(bytes: &[u8]) -> Option<String> {
    let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    let text: String =
        char::decode_utf16(units.take_while(|unit| *unit != 0)).map(|unit| unit.unwrap_or('\u{fffd}')).collect();
    (!text.is_empty()).then_some(text)
}

/// Sixteen bytes in their order as a UUID (RFC 9562).
pub(crate) fn uuid(bytes: &[u8], at: usize) -> Option<String> {
    let field: [u8; 16] = bytes.get(at..at.checked_add(16)?)?.try_into().ok()?;
    Some(hyphenated(&field))
}

/// Sixteen bytes as GPT writes a GUID: the first three groups little end first (UEFI specification, appendix A).
pub(crate) fn guid(bytes: &[u8], at: usize) -> Option<String> {
    let mut field: [u8; 16] = bytes.get(at..at.checked_add(16)?)?.try_into().ok()?;
    field[..4].reverse();
    field[4..6].reverse();
    field[6..8].reverse();
    Some(hyphenated(&field))
}

fn hyphenated(field: &[u8; 16]) -> String {
    let bits = u128::from_be_bytes(*field);
    let group = |shift: u32| bits >> shift & 0xffff;
    format!("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", bits >> 96, group(80), group(64), group(48), bits & 0xffff_ffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_stop_at_the_end() {
        let bytes: &[u8] = &[1, 2, 3];
        assert_eq!(bytes.at(1, 10).unwrap(), [2, 3]);
        assert_eq!(bytes.at(9, 10).unwrap(), [] as [u8; 0]);
        assert_eq!(bytes.at(u64::MAX, usize::MAX).unwrap(), [] as [u8; 0]);
    }

    #[test]
    fn a_range_never_leaves_its_bounds() {
        let bytes: &[u8] = &[1, 2, 3, 4];
        let range = Range { whole: bytes, start: 1, size: 2 };
        assert_eq!(range.at(0, 10).unwrap(), [2, 3]);
        assert_eq!(range.at(2, 10).unwrap(), [] as [u8; 0]);
    }

    #[test]
    fn numbers_past_the_end_are_none() {
        assert_eq!(le16(&[1, 2], 0), Some(0x0201));
        assert_eq!(be16(&[1, 2], 0), Some(0x0102));
        assert_eq!(le32(&[1, 2], 0), None);
        assert_eq!(le64(&[0; 8], usize::MAX), None);
    }

    #[test]
    fn a_guid_is_written_with_its_first_groups_turned() {
        let efi = [0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b];
        assert_eq!(guid(&efi, 0).unwrap(), "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
        assert!(uuid(&efi, 0).unwrap().starts_with("28732ac1-1ff8"));
    }

    #[test]
    fn text_ends_at_the_first_zero() {
        assert_eq!(text(b"DATA\0\0rest", 0, 6).unwrap(), "DATA");
        assert_eq!(text(b"\0\0", 0, 2), None);
        assert_eq!(utf16(&[b'A', 0, b'B', 0, 0, 0, b'C', 0]).unwrap(), "AB");
    }
}
