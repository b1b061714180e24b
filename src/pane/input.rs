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

#[cfg(test)]
mod tests {
    use crossterm::event::KeyEventState;
    use proptest::prelude::*;

    use super::*;

    const NONE: KeyModifiers = KeyModifiers::NONE;
    const SHIFT: KeyModifiers = KeyModifiers::SHIFT;
    const ALT: KeyModifiers = KeyModifiers::ALT;
    const CTRL: KeyModifiers = KeyModifiers::CONTROL;

    fn sent(code: KeyCode, modifiers: KeyModifiers, modes: TermMode) -> String {
        String::from_utf8(key(KeyEvent::new(code, modifiers), modes)).unwrap()
    }

    #[test]
    fn keys_send_what_an_xterm_sends() {
        use KeyCode::{
            BackTab, Backspace, Char, Delete, Down, End, Enter, Esc, F, Home, Insert, Left, PageDown, PageUp, Right,
            Tab, Up,
        };
        let table = [
            (Char('a'), NONE, "a"),
            (Char('A'), SHIFT, "A"),
            (Char('é'), NONE, "é"),
            (Char('é'), ALT, "\x1bé"),
            (Char('c'), CTRL, "\x03"),
            (Char('C'), CTRL | SHIFT, "\x03"),
            (Char('z'), CTRL | ALT, "\x1b\x1a"),
            (Char(' '), CTRL, "\0"),
            (Char('4'), CTRL, "\x1c"),
            (Char('7'), CTRL, "\x1f"),
            (Char('8'), CTRL, "\x7f"),
            (Char('é'), CTRL, "é"),
            (Char('x'), ALT, "\x1bx"),
            (Enter, NONE, "\r"),
            (Enter, ALT, "\x1b\r"),
            (Tab, NONE, "\t"),
            (BackTab, SHIFT, "\x1b[Z"),
            (Backspace, NONE, "\x7f"),
            (Backspace, CTRL, "\x08"),
            (Backspace, ALT, "\x1b\x7f"),
            (Esc, NONE, "\x1b"),
            (Up, NONE, "\x1b[A"),
            (Down, CTRL, "\x1b[1;5B"),
            (Right, SHIFT, "\x1b[1;2C"),
            (Left, ALT | CTRL, "\x1b[1;7D"),
            (Home, NONE, "\x1b[H"),
            (End, SHIFT | ALT | CTRL, "\x1b[1;8F"),
            (Insert, NONE, "\x1b[2~"),
            (Delete, CTRL, "\x1b[3;5~"),
            (PageUp, NONE, "\x1b[5~"),
            (PageDown, ALT, "\x1b[6;3~"),
            (F(1), NONE, "\x1bOP"),
            (F(4), NONE, "\x1bOS"),
            (F(2), SHIFT, "\x1b[1;2Q"),
            (F(5), NONE, "\x1b[15~"),
            (F(6), NONE, "\x1b[17~"),
            (F(10), CTRL, "\x1b[21;5~"),
            (F(12), NONE, "\x1b[24~"),
            (F(20), NONE, "\x1b[34~"),
            (F(21), NONE, ""),
            (KeyCode::CapsLock, NONE, ""),
        ];
        for (code, modifiers, expected) in table {
            assert_eq!(sent(code, modifiers, TermMode::NONE), expected, "{code:?} {modifiers:?}");
        }
    }

    #[test]
    fn the_program_s_modes_change_what_keys_send() {
        let application = TermMode::APP_CURSOR;
        assert_eq!(sent(KeyCode::Up, NONE, application), "\x1bOA");
        assert_eq!(sent(KeyCode::Home, NONE, application), "\x1bOH");
        assert_eq!(sent(KeyCode::Up, CTRL, application), "\x1b[1;5A");
        assert_eq!(sent(KeyCode::Delete, NONE, application), "\x1b[3~");
        assert_eq!(sent(KeyCode::Enter, NONE, TermMode::LINE_FEED_NEW_LINE), "\r\n");
    }

    #[test]
    fn a_release_sends_nothing() {
        let event = KeyEvent {
            code: KeyCode::Char('a'),
            modifiers: NONE,
            kind: KeyEventKind::Release,
            state: KeyEventState::NONE,
        };
        assert_eq!(key(event, TermMode::NONE), b"");
    }

    #[test]
    fn pasted_lines_run_only_where_the_program_has_no_brackets() {
        assert_eq!(paste("a\nb\r\nc", TermMode::NONE), b"a\rb\rc");
        assert_eq!(paste("a\nb", TermMode::BRACKETED_PASTE), b"\x1b[200~a\nb\x1b[201~");
    }

    #[test]
    fn pasted_text_cannot_leave_its_brackets() {
        let bytes = paste("a\x1b[201~rm -rf /\n\u{9b}201~\x03", TermMode::BRACKETED_PASTE);
        assert_eq!(String::from_utf8(bytes).unwrap(), "\x1b[200~a[201~rm -rf /\n201~\x1b[201~");
    }

    #[test]
    fn the_focus_is_told_to_who_asked() {
        assert_eq!(focus(true, TermMode::NONE), b"");
        assert_eq!(focus(true, TermMode::FOCUS_IN_OUT), b"\x1b[I");
        assert_eq!(focus(false, TermMode::FOCUS_IN_OUT), b"\x1b[O");
    }

    fn pointed(kind: MouseEventKind, column: u16, row: u16, modifiers: KeyModifiers, modes: TermMode) -> Vec<u8> {
        mouse(MouseEvent { kind, column, row, modifiers }, modes)
    }

    #[test]
    fn the_mouse_is_told_in_the_encoding_asked_for() {
        use MouseEventKind::{Down, Drag, Moved, ScrollDown, ScrollUp, Up};
        let clicks = TermMode::MOUSE_REPORT_CLICK | TermMode::SGR_MOUSE;
        let drags = TermMode::MOUSE_DRAG | TermMode::SGR_MOUSE;
        let moves = TermMode::MOUSE_MOTION | TermMode::SGR_MOUSE;
        let plain = TermMode::MOUSE_REPORT_CLICK;
        let table: [(MouseEventKind, KeyModifiers, TermMode, &[u8]); 14] = [
            (Down(MouseButton::Left), NONE, TermMode::NONE, b""),
            (Down(MouseButton::Left), NONE, clicks, b"\x1b[<0;10;5M"),
            (Up(MouseButton::Left), NONE, clicks, b"\x1b[<0;10;5m"),
            (Down(MouseButton::Right), CTRL | ALT, clicks, b"\x1b[<26;10;5M"),
            (ScrollUp, NONE, clicks, b"\x1b[<64;10;5M"),
            (ScrollDown, SHIFT, clicks, b"\x1b[<69;10;5M"),
            (Drag(MouseButton::Left), NONE, clicks, b""),
            (Drag(MouseButton::Left), NONE, drags, b"\x1b[<32;10;5M"),
            (Moved, NONE, drags, b""),
            (Moved, NONE, moves, b"\x1b[<35;10;5M"),
            (Drag(MouseButton::Middle), NONE, moves, b"\x1b[<33;10;5M"),
            (Down(MouseButton::Left), NONE, plain, b"\x1b[M \x2a\x25"),
            (Up(MouseButton::Left), NONE, plain, b"\x1b[M#\x2a\x25"),
            (Down(MouseButton::Middle), NONE, plain | TermMode::UTF8_MOUSE, b"\x1b[M!\x2a\x25"),
        ];
        for (kind, modifiers, modes, expected) in table {
            assert_eq!(pointed(kind, 9, 4, modifiers, modes), expected, "{kind:?} {modes:?}");
        }
    }

    #[test]
    fn far_cells_are_told_where_the_encoding_can() {
        let down = MouseEventKind::Down(MouseButton::Left);
        let plain = TermMode::MOUSE_REPORT_CLICK;
        assert_eq!(pointed(down, 222, 0, NONE, plain), [0x1b, b'[', b'M', 32, 255, 33]);
        assert_eq!(pointed(down, 223, 0, NONE, plain), b"");
        assert_eq!(pointed(down, 299, 0, NONE, plain | TermMode::UTF8_MOUSE), "\x1b[M \u{14c}!".as_bytes());
        assert_eq!(pointed(down, 999, 0, NONE, plain | TermMode::SGR_MOUSE), b"\x1b[<0;1000;1M");
    }

    proptest! {
        #[test]
        fn pasted_text_in_brackets_has_one_end(text in ".*") {
            let bytes = String::from_utf8(paste(&text, TermMode::BRACKETED_PASTE)).unwrap();
            prop_assert_eq!(bytes.matches("\x1b[201~").count(), 1);
            prop_assert!(bytes.ends_with("\x1b[201~"));
        }
    }
}
