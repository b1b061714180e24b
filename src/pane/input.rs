//! Keys, mouse and pasted text as the bytes a program expects of an xterm (`ctlseqs.txt`, "PC-Style Function Keys",
//! "Mouse Tracking").

use alacritty_terminal::term::TermMode;
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

/// What a key press sends; empty for what a terminal doesn't send (releases, modifiers alone).
pub(super) fn key(event: KeyEvent, modes: TermMode) -> Vec<u8> {
    if event.kind == KeyEventKind::Release {
        return Vec::new();
    }
    let modifiers = event.modifiers;
    match event.code {
        KeyCode::Char(c) => with_alt(character(c, modifiers), modifiers),
        KeyCode::Enter if modes.contains(TermMode::LINE_FEED_NEW_LINE) => with_alt(b"\r\n".to_vec(), modifiers),
        KeyCode::Enter => with_alt(b"\r".to_vec(), modifiers),
        KeyCode::Backspace if modifiers.contains(KeyModifiers::CONTROL) => with_alt(vec![0x08], modifiers),
        KeyCode::Backspace => with_alt(vec![0x7f], modifiers),
        KeyCode::Tab if modifiers.contains(KeyModifiers::SHIFT) => b"\x1b[Z".to_vec(),
        KeyCode::Tab => with_alt(b"\t".to_vec(), modifiers),
        KeyCode::BackTab => b"\x1b[Z".to_vec(),
        KeyCode::Esc => with_alt(vec![0x1b], modifiers),
        KeyCode::Null => vec![0],
        code => function(code, modifiers, modes).unwrap_or_default(),
    }
}

fn with_alt(mut bytes: Vec<u8>, modifiers: KeyModifiers) -> Vec<u8> {
    if modifiers.contains(KeyModifiers::ALT) && !bytes.is_empty() {
        bytes.insert(0, 0x1b);
    }
    bytes
}

fn character(c: char, modifiers: KeyModifiers) -> Vec<u8> {
    if modifiers.contains(KeyModifiers::CONTROL)
        && let Some(byte) = control(c)
    {
        return vec![byte];
    }
    c.to_string().into_bytes()
}

/// The control character of a key. The digits are those of the VT220 (`ctlseqs.txt`, "Control-digit").
fn control(c: char) -> Option<u8> {
    let byte = match c.to_ascii_lowercase() {
        letter @ 'a'..='z' => letter as u8 - b'a' + 1,
        ' ' | '@' | '2' | '`' => 0x00,
        '[' | '3' => 0x1b,
        '\\' | '4' => 0x1c,
        ']' | '5' => 0x1d,
        '^' | '6' | '~' => 0x1e,
        '_' | '7' | '/' | '-' => 0x1f,
        '?' | '8' => 0x7f,
        _ => return None,
    };
    Some(byte)
}

/// Keys that are sequences: a letter after SS3 or CSI, or a number before `~`.
fn function(code: KeyCode, modifiers: KeyModifiers, modes: TermMode) -> Option<Vec<u8>> {
    let held = held(modifiers);
    let bytes = match (letter(code), number(code)) {
        (Some(letter), _) if held > 1 => format!("\x1b[1;{held}{letter}"),
        (Some(letter), _) if is_single_shift(code, modes) => format!("\x1bO{letter}"),
        (Some(letter), _) => format!("\x1b[{letter}"),
        (_, Some(number)) if held > 1 => format!("\x1b[{number};{held}~"),
        (_, Some(number)) => format!("\x1b[{number}~"),
        _ => return None,
    };
    Some(bytes.into_bytes())
}

/// xterm's number for the keys held: 1 + 1 Shift + 2 Alt + 4 Ctrl.
fn held(modifiers: KeyModifiers) -> u8 {
    let bit = |modifier, value| if modifiers.contains(modifier) { value } else { 0 };
    1 + bit(KeyModifiers::SHIFT, 1) + bit(KeyModifiers::ALT, 2) + bit(KeyModifiers::CONTROL, 4)
}

/// F1 to F4 always, the cursor keys when the program asked (DECCKM).
fn is_single_shift(code: KeyCode, modes: TermMode) -> bool {
    matches!(code, KeyCode::F(_)) || modes.contains(TermMode::APP_CURSOR)
}

fn letter(code: KeyCode) -> Option<char> {
    Some(match code {
        KeyCode::Up => 'A',
        KeyCode::Down => 'B',
        KeyCode::Right => 'C',
        KeyCode::Left => 'D',
        KeyCode::KeypadBegin => 'E',
        KeyCode::End => 'F',
        KeyCode::Home => 'H',
        KeyCode::F(1) => 'P',
        KeyCode::F(2) => 'Q',
        KeyCode::F(3) => 'R',
        KeyCode::F(4) => 'S',
        _ => return None,
    })
}

fn number(code: KeyCode) -> Option<u8> {
    const FROM_F5: [u8; 16] = [15, 17, 18, 19, 20, 21, 23, 24, 25, 26, 28, 29, 31, 32, 33, 34];
    match code {
        KeyCode::Insert => Some(2),
        KeyCode::Delete => Some(3),
        KeyCode::PageUp => Some(5),
        KeyCode::PageDown => Some(6),
        KeyCode::Menu => Some(29),
        KeyCode::F(n) => FROM_F5.get(usize::from(n.checked_sub(5)?)).copied(),
        _ => None,
    }
}

/// Pasted text: in brackets if the program asked for them, so that it doesn't run what was pasted; line ends as Enter.
pub(super) fn paste(text: &str, modes: TermMode) -> Vec<u8> {
    if modes.contains(TermMode::BRACKETED_PASTE) {
        // Whoever wrote the text must not be able to end the paste and type a command.
        let harmless: String = text.chars().filter(|c| !matches!(c, '\x1b' | '\u{9b}' | '\x03')).collect();
        format!("\x1b[200~{harmless}\x1b[201~").into_bytes()
    } else {
        text.replace("\r\n", "\r").replace('\n', "\r").into_bytes()
    }
}

/// The terminal gained or lost the focus, for a program that asked to know.
pub(super) fn focus(gained: bool, modes: TermMode) -> Vec<u8> {
    match (modes.contains(TermMode::FOCUS_IN_OUT), gained) {
        (false, _) => Vec::new(),
        (true, true) => b"\x1b[I".to_vec(),
        (true, false) => b"\x1b[O".to_vec(),
    }
}

/// Whether the program wants the mouse at all.
pub(super) fn wants_mouse(modes: TermMode) -> bool {
    modes.intersects(TermMode::MOUSE_MODE)
}

/// What a mouse event at a cell sends; empty for what the program didn't ask for.
pub(super) fn mouse(event: MouseEvent, modes: TermMode) -> Vec<u8> {
    let wanted = match event.kind {
        MouseEventKind::Moved => modes.contains(TermMode::MOUSE_MOTION),
        MouseEventKind::Drag(_) => modes.intersects(TermMode::MOUSE_MOTION | TermMode::MOUSE_DRAG),
        _ => wants_mouse(modes),
    };
    if !wanted {
        return Vec::new();
    }
    let modifiers = (held(event.modifiers) - 1) << 2;
    let (col, row) = (u32::from(event.column) + 1, u32::from(event.row) + 1);
    let released = matches!(event.kind, MouseEventKind::Up(_));
    if modes.contains(TermMode::SGR_MOUSE) {
        let end = if released { 'm' } else { 'M' };
        return format!("\x1b[<{};{col};{row}{end}", button(event.kind) + modifiers).into_bytes();
    }
    let code = if released { 3 } else { button(event.kind) };
    let encode = if modes.contains(TermMode::UTF8_MOUSE) { two_bytes } else { one_byte };
    match (encode(col), encode(row)) {
        (Some(col), Some(row)) => [b"\x1b[M".as_slice(), &[32 + code + modifiers], &col, &row].concat(),
        _ => Vec::new(),
    }
}

/// A coordinate in the first encoding: none beyond 223.
fn one_byte(at: u32) -> Option<Vec<u8>> {
    u8::try_from(at + 32).ok().map(|byte| vec![byte])
}

/// A coordinate as a UTF-8 character: none beyond 2015.
fn two_bytes(at: u32) -> Option<Vec<u8>> {
    char::from_u32(at + 32).filter(|c| c.len_utf8() <= 2).map(|c| c.to_string().into_bytes())
}

fn button(kind: MouseEventKind) -> u8 {
    const MOVING: u8 = 32;
    let of = |button| match button {
        MouseButton::Left => 0,
        MouseButton::Middle => 1,
        MouseButton::Right => 2,
    };
    match kind {
        MouseEventKind::Down(pressed) | MouseEventKind::Up(pressed) => of(pressed),
        MouseEventKind::Drag(pressed) => of(pressed) + MOVING,
        MouseEventKind::Moved => 3 + MOVING,
        MouseEventKind::ScrollUp => 64,
        MouseEventKind::ScrollDown => 65,
        MouseEventKind::ScrollLeft => 66,
        MouseEventKind::ScrollRight => 67,
    }
}
