//! Names for partition types, one for both tables where they mean the same.

/// GPT types (UEFI specification §5.3.3; the Discoverable Partitions Specification; Microsoft's
/// `PARTITION_INFORMATION_GPT`), lower case.
const GUIDS: &[(&str, &str)] = &[
    ("c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "efi"),
    ("0fc63daf-8483-4772-8e79-3d69d8477de4", "linux"),
    ("4f68bce3-e8cd-4db1-96e7-fbcaf984b709", "linux-root"),
    ("b921b045-1df0-41c3-af44-4c6f280d3fae", "linux-root"),
    ("44479540-f297-41b2-9af7-d131d5f0458a", "linux-root"),
    ("933ac7e1-2eb4-4f13-b844-0e14e2aef915", "linux-home"),
    ("3b8f8425-20e0-4f3b-907f-1a25a76f98e8", "linux-srv"),
    ("4d21b016-b534-45c2-a9fb-5c16e091fd2d", "linux-var"),
    ("8484680c-9521-48c6-9c11-b0720656f69e", "linux-usr"),
    ("bc13c2ff-59e6-4262-a352-b275fd6f7172", "linux-boot"),
    ("0657fd6d-a4ab-43c4-84e5-0933c84b4f4f", "linux-swap"),
    ("a19d880f-05fc-4d3b-a006-743f0f84911e", "linux-raid"),
    ("e6d6d379-f507-44c2-a23c-238f2a3df928", "linux-lvm"),
    ("ca7d7ccb-63ed-4c53-861c-1742536059cc", "linux-luks"),
    ("ebd0a0a2-b9e5-4433-87c0-68b6b72699c7", "microsoft-basic-data"),
    ("e3c9e316-0b5c-4db8-817d-f92df00215ae", "microsoft-reserved"),
    ("de94bba4-06d1-4d40-a16a-bfd50179d6ac", "windows-recovery"),
    ("21686148-6449-6e6f-744e-656564454649", "bios-boot"),
];

/// DOS types, as every partitioning tool lists them.
const BYTES: &[(u8, &str)] = &[
    (0x05, "extended"),
    (0x0f, "extended"),
    (0x85, "extended"),
    (0x01, "fat12"),
    (0x04, "fat16"),
    (0x06, "fat16"),
    (0x0e, "fat16"),
    (0x0b, "fat32"),
    (0x0c, "fat32"),
    (0x07, "microsoft-basic-data"),
    (0x27, "windows-recovery"),
    (0x82, "linux-swap"),
    (0x83, "linux"),
    (0x8e, "linux-lvm"),
    (0xe8, "linux-luks"),
    (0xee, "gpt-protective"),
    (0xef, "efi"),
    (0xfd, "linux-raid"),
];

/// The name of a GPT type; `other` where it has none here.
pub(crate) fn of_guid(guid: &str) -> &'static str {
    GUIDS.iter().find(|(known, _)| *known == guid).map_or("other", |(_, name)| name)
}

/// The name of a DOS type; `other` where it has none here.
pub(crate) fn of_byte(byte: u8) -> &'static str {
    BYTES.iter().find(|(known, _)| *known == byte).map_or("other", |(_, name)| name)
}
