# Shared by ./start and tests/run: what must be on a fresh Debian or Ubuntu, and how it gets there. Sourced by sh.

MINIMUM_RUST=1.95

# say FRENCH ENGLISH
say() {
    case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
    en*) echo "$2" >&2 ;;
    *) echo "$1" >&2 ;;
    esac
}

# Asked once; the end of the input is a no.
agreed() {
    say "Continuer ? [O/n]" "Go on? [Y/n]"
    read -r answer || return 1
    case $answer in '' | o | O | oui | y | Y | yes) return 0 ;; *) return 1 ;; esac
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Cargo's own folder for what it builds (CARGO_TARGET_DIR or target).
target_folder() {
    echo "${CARGO_TARGET_DIR:-$PWD/target}"
}

# version_at_least FOUND WANTED
version_at_least() {
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

rust_is_new_enough() {
    version=$("$1" --version 2>/dev/null | cut -d ' ' -f 2) && [ -n "$version" ] &&
        version_at_least "$version" "$MINIMUM_RUST"
}

# candidate PACKAGE: the version apt would install
candidate() {
    apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: //p' | grep -v '^(none)$'
}

# A person's own rustup is not in root's PATH; neither is it in a fresh login's before the profile is read.
find_rust() {
    for cargo in "$(command -v cargo || true)" "$HOME/.cargo/bin/cargo"; do
        if [ -n "$cargo" ] && rust_is_new_enough "$(dirname "$cargo")/rustc"; then
            dirname "$cargo"
            return 0
        fi
    done
    return 1
}

needs_base() {
    [ ! -e "${PAILLASSE_STATE:-/var/lib/paillasse}/base/current.squashfs" ]
}

# missing_packages GROUP…: the Debian packages to install, on one line
missing_packages() {
    for group in "$@"; do
        case $group in
        c-compiler)
            command -v cc >/dev/null || echo gcc libc6-dev
            # What the program is linked with; its run-time half is on every system that has apt, which needs it too.
            [ -e /usr/include/seccomp.h ] || echo libseccomp-dev
            ;;
        rust) find_rust >/dev/null || rust_packages ;;
        base)
            if needs_base; then
                command -v mmdebstrap >/dev/null || echo mmdebstrap
                command -v mksquashfs >/dev/null || echo squashfs-tools
                [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || echo debian-archive-keyring
            fi
            ;;
        tests | benches)
            grep -v '^#' "$group/packages.txt" | while read -r package; do
                [ -z "$package" ] || dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' ||
                    echo "$package"
            done
            ;;
        esac
    done | tr '\n' ' ' | sed 's/ $//'
}

# Debian keeps a recent compiler beside the stable one (rustc-web); elsewhere rustup fetches one.
rust_packages() {
    as_root apt-get -q update >/dev/null 2>&1 || true
    if version_at_least "$(candidate rustc)" "$MINIMUM_RUST"; then
        echo rustc cargo
    elif version_at_least "$(candidate rustc-web)" "$MINIMUM_RUST"; then
        echo rustc-web cargo-web
    else
        echo rustup
    fi
}

# install_packages LIST: one word a package; an empty list is no work
install_packages() {
    [ -n "$1" ] || return 0
    command -v apt-get >/dev/null || {
        say "Ce système n'utilise pas apt. Installez vous-même : $1" "This system does not use apt. Install by hand: $1"
        exit 2
    }
    as_root apt-get -q update >/dev/null
    # shellcheck disable=SC2086 # one word a package
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $1 >/dev/null
}

# Puts cargo on the PATH, by rustup where the distribution's own is too old.
use_rust() {
    if ! folder=$(find_rust); then
        if command -v rustup >/dev/null; then
            rustup toolchain install stable --profile minimal
            rustup default stable
        fi
        folder=$(find_rust) || {
            say "Il faut Rust $MINIMUM_RUST ou plus récent. Installez-le (rustup.rs), puis relancez." \
                "Rust $MINIMUM_RUST or newer is needed. Install it (rustup.rs), then run this again."
            exit 2
        }
    fi
    PATH=$folder:$PATH
    export PATH
}
