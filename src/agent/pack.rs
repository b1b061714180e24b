//! The program as it can be sent to a machine that has other libraries, or none: with its own loader and the libraries it
//! is linked with, so that nothing of that machine's C library is needed.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The program's name in a pack.
pub const PROGRAM: &str = "paillasse";
/// The loader's name in a pack; a program that needs none has none. It is run as
/// `loader --library-path FOLDER FOLDER/paillasse` (ld.so(8)).
pub const LOADER: &str = "loader";

/// What to send: names in one flat folder, and the files of this PC they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// Name → file. The program is always there.
    pub files: Vec<(String, PathBuf)>,
}

impl Pack {
    /// The pack of a program of this PC.
    pub fn of(program: &Path) -> io::Result<Self> {
        let mut files = vec![(PROGRAM.to_owned(), program.to_owned())];
        if let Some(loader) = interpreter(&fs::read(program)?) {
            files.push((LOADER.to_owned(), loader.clone()));
            for library in libraries(&loader, program)? {
                let name = library.file_name().and_then(|name| name.to_str()).ok_or(ErrorKind::InvalidFilename)?;
                files.push((name.to_owned(), library.clone()));
            }
        }
        Ok(Self { files })
    }

    /// The files as a tar archive (POSIX.1-2017 pax, "ustar Interchange Format"), all of them executable by their owner only.
    pub fn tar(&self) -> io::Result<Vec<u8>> {
        let mut archive = Vec::new();
        for (name, file) in &self.files {
            let body = fs::read(file)?;
            archive.write_all(&header(name, body.len()))?;
            archive.write_all(&body)?;
            archive.resize(archive.len().next_multiple_of(BLOCK), 0);
        }
        // Two empty blocks end it.
        archive.resize(archive.len() + 2 * BLOCK, 0);
        Ok(archive)
    }
}

const BLOCK: usize = 512;

fn header(name: &str, size: usize) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let mut put = |at: usize, text: &[u8]| block[at..at + text.len()].copy_from_slice(text);
    put(0, &name.as_bytes()[..name.len().min(99)]);
    put(100, b"0000700\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    // The sum is made with spaces in its own place.
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\0\x30\x30");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

/// The loader that a program names (elf(5), `PT_INTERP`); none where it is linked statically.
fn interpreter(elf: &[u8]) -> Option<PathBuf> {
    const PT_INTERP: u32 = 3;
    let number = |at: usize, length: usize| -> Option<usize> {
        let bytes = elf.get(at..at.checked_add(length)?)?;
        bytes.iter().rev().try_fold(0_usize, |sum, byte| sum.checked_mul(256)?.checked_add(usize::from(*byte)))
    };
    // Little endian, 64 bits: what Debian's amd64 and arm64 are.
    if !elf.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let (table, entry, count) = (number(32, 8)?, number(54, 2)?, number(56, 2)?);
    (0..count).find_map(|index| {
        let at = table.checked_add(index.checked_mul(entry)?)?;
        (number(at, 4)? == PT_INTERP as usize).then_some(())?;
        let (start, length) = (number(at.checked_add(8)?, 8)?, number(at.checked_add(32)?, 8)?);
        let path = elf.get(start..start.checked_add(length)?)?.split(|byte| *byte == 0).next()?;
        Some(PathBuf::from(std::ffi::OsStr::from_bytes(path)))
    })
}

/// What the loader would load, as it says itself (ld.so(8), `--list`); nothing is run.
fn libraries(loader: &Path, program: &Path) -> io::Result<Vec<PathBuf>> {
    let output = Command::new(loader).arg("--list").arg(program).env_clear().stdin(Stdio::null()).output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    Ok(listed(&String::from_utf8_lossy(&output.stdout)))
}

/// Lines such as `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f…)`.
fn listed(text: &str) -> Vec<PathBuf> {
    let path = |line: &str| Some(PathBuf::from(line.split_once(" => ")?.1.split(" (").next()?.trim()));
    text.lines().filter_map(path).filter(|path| path.is_absolute()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_pack_runs_with_nothing_but_what_is_in_it() {
        // `true` is linked like any program; any other place will do for its files.
        let pack = Pack::of(&fs::canonicalize("/bin/echo").unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut tar =
            Command::new("tar").args(["-xf", "-", "-C"]).arg(folder.path()).stdin(Stdio::piped()).spawn().unwrap();
        tar.stdin.take().unwrap().write_all(&pack.tar().unwrap()).unwrap();
        assert!(tar.wait().unwrap().success());
        let said = Command::new(folder.path().join(LOADER))
            .arg("--inhibit-cache")
            .arg("--library-path")
            .arg(folder.path())
            .arg(folder.path().join(PROGRAM))
            .arg("here")
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&said.stdout), "here\n", "{said:?}");
        assert!(pack.files.iter().any(|(name, _)| name.starts_with("libc.so")), "{pack:?}");
    }

    #[test]
    fn what_is_no_program_needs_no_loader() {
        assert_eq!(interpreter(b"#!/bin/sh\n"), None);
        assert_eq!(
            listed("\tlinux-vdso.so.1 (0x0)\n\tlibm.so.6 => /lib/libm.so.6 (0x0)\n\tstatically linked\n"),
            [PathBuf::from("/lib/libm.so.6")]
        );
    }

    proptest! {
        #[test]
        fn no_file_makes_the_reader_panic(mut bytes: Vec<u8>) {
            let _ = interpreter(&bytes);
            bytes.splice(0..0, *b"\x7fELF\x02\x01");
            let _ = interpreter(&bytes);
        }
    }
}
