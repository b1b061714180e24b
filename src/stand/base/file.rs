//! The base's file: a squashfs image and its trailer.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

/// Ends every base's file; the last digit is the trailer's version.
const MAGIC: &[u8; 8] = b"PAILBAS1";
/// squashfs's own magic, little endian, at the image's start.
const SQUASHFS: &[u8; 4] = b"hsqs";
/// No trailer is longer: a forged length can't make us read the world.
const TRAILER_LIMIT: u32 = 1024 * 1024;

/// What a base says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// BLAKE3 of the image, in hexadecimal: part of every result.
    pub hash: String,
    /// Length of the image, in bytes.
    pub size: u64,
    /// BLAKE3 of the recipe it was built by (release, package list, settings), in hexadecimal.
    #[serde(default)]
    pub recipe: String,
    /// Debian's release, as `bookworm`.
    pub suite: String,
    /// When it was built, in seconds since 1970-01-01 UTC.
    pub built: u64,
    /// Installed packages with their versions, as `samba 2:4.17.12+dfsg-0+deb12u2`.
    pub packages: Vec<String>,
}

/// Appends the trailer to a fresh image and gives what it says.
pub(super) fn seal(image: &Path, recipe: &str, suite: &str, built: u64, packages: Vec<String>) -> io::Result<Info> {
    let size = std::fs::metadata(image)?.len();
    let hash = hash(image, size)?;
    let info = Info { hash, size, recipe: recipe.to_owned(), suite: suite.to_owned(), built, packages };
    let json = serde_json::to_vec(&info)?;
    let length = u32::try_from(json.len()).ok().filter(|length| *length <= TRAILER_LIMIT);
    let length = length.ok_or_else(|| io::Error::other("the list of packages is too long"))?;
    let mut file = OpenOptions::new().append(true).open(image)?;
    file.write_all(&json)?;
    file.write_all(&length.to_be_bytes())?;
    file.write_all(MAGIC)?;
    file.sync_all()?;
    Ok(info)
}

/// What a file says of itself; none where it is no base. The image itself is not read.
pub(super) fn read_info(path: &Path) -> io::Result<Option<Info>> {
    let mut file = File::open(path)?;
    let end = file.metadata()?.len();
    let mut start = [0; 4];
    let mut tail = [0; 12];
    if end < 16 {
        return Ok(None);
    }
    file.read_exact(&mut start)?;
    file.seek(SeekFrom::Start(end - 12))?;
    file.read_exact(&mut tail)?;
    let [a, b, c, d, magic @ ..] = tail;
    let length = u32::from_be_bytes([a, b, c, d]);
    if start != *SQUASHFS || magic != *MAGIC || length > TRAILER_LIMIT || u64::from(length) > end - 12 {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(end - 12 - u64::from(length)))?;
    let mut json = Vec::new();
    file.take(length.into()).read_to_end(&mut json)?;
    let info: Option<Info> = serde_json::from_slice(&json).ok();
    Ok(info.filter(|info| info.size + u64::from(length) + 12 == end))
}

/// The same, once the whole image was compared with its hash: none where it differs.
pub(super) fn verify(path: &Path) -> io::Result<Option<Info>> {
    let Some(info) = read_info(path)? else { return Ok(None) };
    Ok((hash(path, info.size)? == info.hash).then_some(info))
}

fn hash(path: &Path, size: u64) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?.take(size))?;
    Ok(hasher.finalize().to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"hsqs").unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    #[test]
    fn a_sealed_image_tells_what_it_is_and_proves_it() {
        let file = image(&[7; 5000]);
        let sealed = seal(file.path(), "r", "bookworm", 12, vec!["samba 1".into()]).unwrap();
        assert_eq!(sealed.size, 5004);
        assert_eq!(read_info(file.path()).unwrap(), Some(sealed.clone()));
        assert_eq!(verify(file.path()).unwrap(), Some(sealed));
    }

    #[test]
    fn one_changed_byte_is_seen() {
        let file = image(&[7; 5000]);
        seal(file.path(), "r", "bookworm", 12, Vec::new()).unwrap();
        let mut bytes = std::fs::read(file.path()).unwrap();
        bytes[2000] ^= 1;
        std::fs::write(file.path(), bytes).unwrap();
        assert!(read_info(file.path()).unwrap().is_some());
        assert_eq!(verify(file.path()).unwrap(), None);
    }

    #[test]
    fn a_file_cut_anywhere_is_no_base() {
        let file = image(&[7; 300]);
        seal(file.path(), "r", "bookworm", 12, vec!["a 1".into()]).unwrap();
        let whole = std::fs::read(file.path()).unwrap();
        for length in 0..whole.len() {
            std::fs::write(file.path(), &whole[..length]).unwrap();
            assert_eq!(read_info(file.path()).unwrap(), None, "cut at {length}");
        }
    }

    #[test]
    fn a_forged_length_is_refused() {
        let file = image(&[0; 100]);
        let mut end = OpenOptions::new().append(true).open(file.path()).unwrap();
        end.write_all(&u32::MAX.to_be_bytes()).unwrap();
        end.write_all(MAGIC).unwrap();
        assert_eq!(read_info(file.path()).unwrap(), None);
    }
}
