//! An archive, read to its end: what is in it, whether it is whole, the sum of one of its files. Nothing is unpacked to disk.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::Instant;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{About, Cost, Fact, Field, Kind, Machine, Observation, digest, reading, reason};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `archive = { path = "/srv/backup/etc.tar.gz", member = "etc/hosts" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// Absolute path of the archive.
    pub path: String,
    /// A file in it, by its path there; `./` before it doesn't count.
    #[serde(default)]
    pub member: Option<String>,
}

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS).paths(&["path"]);

const FIELDS: &[Field] = &[
    Field { name: "exists", kind: Kind::Bool, doc: "whether there is such a file" },
    Field {
        name: "format",
        kind: Kind::Word,
        doc: "tar, tar.gz, tar.bz2, tar.xz, tar.zst or zip, by its content and not by its name; none: none of these",
    },
    Field { name: "intact", kind: Kind::Bool, doc: "whether it could be read to its end, sums included" },
    Field { name: "error", kind: Kind::Text, doc: "why not" },
    Field { name: "names", kind: Kind::List(&Kind::Text), doc: "what is in it, the first 10,000 paths, without `./`" },
    Field { name: "count", kind: Kind::Int, doc: "how many entries" },
    Field { name: "size", kind: Kind::Size, doc: "the lengths of its files together" },
    Field { name: "found", kind: Kind::Bool, doc: "whether `member` is in it" },
    Field { name: "member-size", kind: Kind::Size, doc: "its length" },
    Field { name: "member-hash", kind: Kind::Word, doc: "its SHA-256, as sha256sum(1) writes it" },
];

/// Paths told.
const TOLD: usize = 10_000;
/// More than this is not unpacked: an archive of few bytes can hold any number of them.
const LARGEST: u64 = 4 << 30;

/// What was read.
#[derive(Debug, Default)]
struct Contents {
    names: Vec<String>,
    count: u64,
    size: u64,
    member: Option<(u64, String)>,
}

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-archive", path = &args.path);
    match look(args, machine) {
        Ok(fact) => Observation::seen(fact, source),
        Err(reason) => Observation::unknown(reason, source),
    }
}

fn look(args: &Args, machine: &Machine) -> Result<Fact, Message> {
    let Some(mut file) = reading::open(Path::new(&args.path))? else {
        return Ok(Fact::record([("exists", false.into())]));
    };
    let wrong = |error: io::Error| reason(&error, &args.path);
    let Some(format) = format(&mut file).map_err(wrong)? else {
        return Ok(Fact::record([("exists", true.into()), ("intact", false.into())]));
    };
    let mut reader = Reader {
        member: args.member.as_deref().map(plain),
        contents: Contents::default(),
        deadline: Instant::now() + machine.timeout(),
    };
    let read = reader.read(file, format);
    let error = match read {
        Ok(()) => None,
        // Too slow or too large: nothing is known of its end.
        Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::FileTooLarge) => {
            return Err(match error.kind() {
                io::ErrorKind::TimedOut => msg!("probe-timed-out", subject = &args.path),
                _ => msg!("probe-too-large", subject = &args.path),
            });
        }
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            return Err(msg!("probe-archive-format", path = &args.path, format = format.name()));
        }
        // A password stands before its content.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Err(msg!("probe-archive-password", path = &args.path));
        }
        Err(error) => Some(error.to_string()),
    };
    Ok(fact(format, args.member.is_some(), reader.contents, error))
}

fn fact(format: Format, asked: bool, contents: Contents, error: Option<String>) -> Fact {
    let (size, hash) = contents.member.clone().unzip();
    Fact::record([
        ("exists", true.into()),
        ("format", format.name().into()),
        ("intact", error.is_none().into()),
        ("error", error.into()),
        ("names", Fact::texts(contents.names)),
        ("count", Fact::whole(contents.count)),
        ("size", Fact::Size(contents.size)),
        ("found", asked.then_some(contents.member.is_some()).into()),
        ("member-size", size.map_or(Fact::None, Fact::Size)),
        ("member-hash", hash.into()),
    ])
}

fn plain(path: &str) -> String {
    path.trim_start_matches("./").trim_matches('/').to_owned()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Tar,
    Gzip,
    Bzip2,
    Xz,
    Zstd,
    Zip,
    /// Known by its mark, but not read.
    Other(&'static str),
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Self::Tar => "tar",
            Self::Gzip => "tar.gz",
            Self::Bzip2 => "tar.bz2",
            Self::Zstd => "tar.zst",
            Self::Xz => "tar.xz",
            Self::Zip => "zip",
            Self::Other(name) => name,
        }
    }
}

/// By the first bytes; none for what is none of these.
fn format(file: &mut File) -> io::Result<Option<Format>> {
    let mut head = Vec::new();
    file.by_ref().take(512).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(format_of(&head))
}

fn format_of(head: &[u8]) -> Option<Format> {
    const MARKS: [(&[u8], Format); 8] = [
        (b"\x1f\x8b", Format::Gzip),
        (b"BZh", Format::Bzip2),
        (b"\x28\xb5\x2f\xfd", Format::Zstd),
        (b"PK\x03\x04", Format::Zip),
        (b"PK\x05\x06", Format::Zip),
        (b"\xfd7zXZ\x00", Format::Xz),
        (b"7z\xbc\xaf\x27\x1c", Format::Other("7z")),
        (b"Rar!\x1a\x07", Format::Other("rar")),
    ];
    let by_mark = MARKS.into_iter().find(|(mark, _)| head.starts_with(mark)).map(|(_, format)| format);
    by_mark.or_else(|| (head.get(257..262) == Some(b"ustar")).then_some(Format::Tar))
}

/// Reads an archive and gathers what is in it.
struct Reader {
    member: Option<String>,
    contents: Contents,
    deadline: Instant,
}

impl Reader {
    fn read(&mut self, file: File, format: Format) -> io::Result<()> {
        let file = BufReader::new(file);
        match format {
            Format::Tar => self.tar(file),
            Format::Gzip => self.tar(flate2::bufread::MultiGzDecoder::new(file)),
            Format::Bzip2 => self.tar(bzip2::bufread::MultiBzDecoder::new(file)),
            Format::Zstd => {
                let decoder = ruzstd::decoding::StreamingDecoder::new(file).map_err(io::Error::other)?;
                self.tar(decoder)
            }
            Format::Xz => self.tar(lzma_rust2::XzReader::new(file, true)),
            Format::Zip => self.zip(file),
            Format::Other(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    fn tar(&mut self, stream: impl Read) -> io::Result<()> {
        let mut archive = tar::Archive::new(Bounded { inner: stream, left: LARGEST });
        for entry in archive.entries()? {
            let entry = entry?;
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let is_file = entry.header().entry_type().is_file();
            let size = entry.size();
            self.entry(&path, size, is_file, entry)?;
        }
        // What follows the end mark, and the sum of the compression, is read too.
        let mut rest = archive.into_inner();
        digest::sha256(&mut rest, self.deadline).map(|_| ())
    }

    fn zip(&mut self, file: BufReader<File>) -> io::Result<()> {
        let mut archive = zip::ZipArchive::new(file).map_err(io::Error::other)?;
        let mut left = LARGEST;
        for index in 0..archive.len() {
            let entry = archive.by_index(index).map_err(|error| match error {
                zip::result::ZipError::UnsupportedArchive(zip::result::ZipError::PASSWORD_REQUIRED) => {
                    io::ErrorKind::PermissionDenied.into()
                }
                other => io::Error::other(other),
            })?;
            let path = entry.name().map_err(io::Error::other)?.into_owned();
            let is_file = entry.is_file();
            let before = self.contents.size;
            // The size it claims may be wrong: what is read counts.
            self.entry(&path, entry.size(), is_file, Bounded { inner: entry, left })?;
            left = left.saturating_sub(self.contents.size - before);
        }
        Ok(())
    }

    fn entry(&mut self, path: &str, size: u64, is_file: bool, content: impl Read) -> io::Result<()> {
        let name = plain(path);
        self.contents.count += 1;
        self.contents.size = self.contents.size.saturating_add(if is_file { size } else { 0 });
        // Reading to the end is what finds damage.
        let hash = digest::sha256(content, self.deadline)?;
        if is_file && self.member.as_deref() == Some(&name) {
            self.contents.member = Some((size, hash));
        }
        if self.contents.names.len() < TOLD {
            self.contents.names.push(name);
        }
        Ok(())
    }
}

/// A stream that ends in an error after so many bytes.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(io::ErrorKind::FileTooLarge.into()),
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn tarball() -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_ustar();
        header.set_size(3);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append_data(&mut header, "./etc/hosts", &b"abc"[..]).unwrap();
        builder.into_inner().unwrap()
    }

    fn gzipped() -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&tarball()).unwrap();
        encoder.finish().unwrap()
    }

    /// The same by another's hand: GNU tar's format by Python, packed by liblzma.
    fn xz() -> Vec<u8> {
        use base64::Engine as _;
        const PACKED: &str = "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4Cf/AGFdABcLySgZacX094eUyqsEW1i0TXtr04BAPiymIhnOUVsE+dEsFJ8/K8xcMqcrW/BBCit6IDFNX8Q6s1b6lDl8STvZ2t2SgZhbM8wPL6za/TQzbSEOwD84qIuGDZYdBJSE2wAAAAAAL48JPT1+JoUAAX2AUAAAAPJ1Ag6xxGf7AgAAAAAEWVo=";
        base64::engine::general_purpose::STANDARD.decode(PACKED).unwrap()
    }

    fn zipped() -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        writer.start_file("etc/hosts", stored).unwrap();
        writer.write_all(b"abc").unwrap();
        writer.finish().unwrap().into_inner()
    }

    fn seen(bytes: &[u8]) -> (io::Result<()>, Contents) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        let mut reader = Reader { member: Some("etc/hosts".into()), contents: Contents::default(), deadline };
        let format = format(&mut file).unwrap();
        (format.map_or(Ok(()), |format| reader.read(file, format)), reader.contents)
    }

    #[test]
    fn each_format_holds_the_same() {
        for bytes in [tarball(), gzipped(), xz(), zipped()] {
            let (read, contents) = seen(&bytes);
            read.unwrap();
            assert_eq!((contents.names, contents.size), (vec!["etc/hosts".to_owned()], 3));
            let (size, hash) = contents.member.unwrap();
            assert_eq!((size, &hash[..8]), (3, "ba7816bf"));
        }
    }

    #[test]
    fn damage_is_found() {
        let whole = gzipped();
        assert!(seen(&whole[..whole.len() - 6]).0.is_err(), "cut");
        let mut damaged = zipped();
        let at = damaged.windows(3).position(|part| part == b"abc").unwrap();
        damaged[at] = b'x';
        assert!(seen(&damaged).0.is_err(), "the sum of the file");
        assert!(seen(&tarball()[..514]).0.is_err(), "cut within a file");
    }

    #[test]
    fn what_unpacks_without_end_is_left() {
        let mut endless = Bounded { inner: io::repeat(0), left: 10_000 };
        let error = digest::sha256(&mut endless, Instant::now() + Duration::from_secs(30)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_damage_is_read(noise in proptest::collection::vec((0_usize..1200, any::<u8>()), 0..8), cut in 0_usize..1300) {
            for mut bytes in [tarball(), gzipped(), xz(), zipped()] {
                for (at, byte) in &noise {
                    let length = bytes.len();
                    bytes[at % length] ^= byte;
                }
                bytes.truncate(cut.max(1));
                let _ = seen(&bytes);
            }
        }
    }
}
