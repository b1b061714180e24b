//! What this PC may lack (room on a disk, a part of the kernel): said clearly, with the mend, and nothing lost or left.
//! Each is made to lack in a mount namespace of its own, so root is needed.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use std::path::Path;
use std::process::{Command, Output};

use paillasse::paths;
use tempfile::tempdir;

/// Makes an empty state folder, with this PC's base, on a filesystem of its own.
const STATE: &str = r#"
mount -t tmpfs -o "$ROOM" small "$PAILLASSE_STATE"
mkdir "$PAILLASSE_STATE/base"
mount --bind "$BASE" "$PAILLASSE_STATE/base"
"#;

/// What is left, in one word.
const LEFT: &str = r#"
echo "clean: $("$PAILLASSE" --lang fr clean)"
echo "loops: $(losetup --noheadings --list --output BACK-FILE | grep -cF "$PAILLASSE_STATE")"
echo "stands: $(ls -A "$PAILLASSE_STATE/stands" 2>/dev/null | wc -l)"
"#;
const NOTHING: &str = "clean: Rien à nettoyer : ce poste ne porte aucune trace d'un atelier.\nloops: 0\nstands: 0\n";

fn in_a_namespace(room: &str, script: &str) -> Output {
    let state = tempdir().unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    Command::new("unshare")
        .args(["--mount", "sh", "-uc", &format!("set -e\n{STATE}\nset +e\n{script}")])
        .env("PAILLASSE_STATE", state.path())
        .env("PAILLASSE_DATA", state.path().join("data"))
        .env("PAILLASSE", env!("CARGO_BIN_EXE_paillasse"))
        .env("BASE", paths::state().join("base").canonicalize().unwrap())
        .env("FIXTURES", fixtures)
        .env("ROOM", room)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_stand_on_a_full_disk_says_so_with_the_mend_and_leaves_nothing() {
    let up = format!("\"$PAILLASSE\" --lang fr --labs \"$FIXTURES/prove\" stand up motd; echo \"status: $?\"\n{LEFT}");
    // From no room for its folder up to just enough, so that each thing it writes is once the one too many.
    for unit in [|step: u32| format!("size={}k", 4 + 8 * step), |step| format!("size=64m,nr_inodes={}", 6 + 8 * step)] {
        let enough = (0..40).find(|step| {
            let room = unit(*step);
            let out = in_a_namespace(&room, &up);
            let (said, told) = (text(&out.stdout), text(&out.stderr));
            if said.contains("status: 0") {
                return true;
            }
            assert_eq!(said, format!("status: 2\n{NOTHING}"), "{room}: {told}");
            for words in ["est plein. Faites de la place", "df -h /", "Rien n'est perdu."] {
                assert!(told.contains(words), "{room}: {told}");
            }
            assert!(!told.contains("os error"), "{room}: {told}");
            false
        });
        assert!(enough.is_some_and(|step| step > 4), "{}", unit(enough.unwrap_or(40)));
    }
}

#[test]
fn an_attempt_whose_record_is_on_a_full_disk_says_so_and_goes_on_once_there_is_room() {
    let out = in_a_namespace(
        "size=2m",
        r#"
        mkdir -p "$PAILLASSE_STATE/labs/note"
        sed "s:@note@:$PAILLASSE_STATE/note:" "$FIXTURES/here/lab.toml" > "$PAILLASSE_STATE/labs/note/lab.toml"
        for lang in fr en; do echo note > "$PAILLASSE_STATE/labs/note/brief.$lang.md"; done
        go() {
            printf 'check\nquit\n' |
                "$PAILLASSE" --lang fr --labs "$PAILLASSE_STATE/labs" run note --plain --seed 1 2>&1
        }
        echo "== before"; go
        cat /dev/zero > "$PAILLASSE_STATE/filler" 2> /dev/null
        echo "== full"; go
        rm "$PAILLASSE_STATE/filler"
        echo "== after"; go
        "#,
    );
    let said = text(&out.stdout);
    let (before, rest) = said.split_once("== full").unwrap();
    let (full, after) = rest.split_once("== after").unwrap();
    assert!(!before.contains("plein"), "{said}");
    assert!(full.contains("plein") && !full.contains("os error"), "{said}");
    assert!(after.contains("tentative 1") && !after.contains("plein"), "{said}");
}

#[test]
fn a_kernel_without_loop_devices_is_told_as_that_and_nothing_is_left() {
    let out = in_a_namespace(
        "size=64m",
        &format!(
            r#"
            real=$PAILLASSE_STATE/dev; mkdir "$real"; mount --rbind /dev "$real"
            mount -t tmpfs dev /dev
            for node in null zero full random urandom tty; do : > /dev/$node; mount --bind "$real/$node" /dev/$node; done
            "$PAILLASSE" --lang fr --labs "$FIXTURES/prove" stand up motd; echo "status: $?"
            {LEFT}
            "#
        ),
    );
    let (said, told) = (text(&out.stdout), text(&out.stderr));
    assert_eq!(said, format!("status: 2\n{NOTHING}"), "{told}");
    assert!(told.contains("Le noyau de ce poste n'a pas « loop »") && told.contains("linux-image-amd64"), "{told}");
}
