//! For terminals whose locale isn't UTF-8: every cell becomes one plain character that looks like it.

use ratatui::buffer::Buffer;

/// Turns the whole buffer into ASCII.
pub(super) fn fold(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if !cell.symbol().is_ascii() {
            let plain = cell.symbol().chars().next().map_or(' ', plain);
            cell.set_char(plain);
        }
    }
}

fn plain(c: char) -> char {
    match c {
        'à' | 'â' | 'ä' | 'á' => 'a',
        'À' | 'Â' => 'A',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'É' | 'È' | 'Ê' => 'E',
        'î' | 'ï' | 'í' => 'i',
        'Î' => 'I',
        'ô' | 'ö' | 'ó' | 'œ' => 'o',
        'Ô' | 'Œ' => 'O',
        'ù' | 'û' | 'ü' | 'ú' => 'u',
        'Ù' | 'Û' => 'U',
        'ç' => 'c',
        'Ç' => 'C',
        'ñ' => 'n',
        '’' | '‘' => '\'',
        '«' | '»' | '“' | '”' => '"',
        '–' | '—' | '−' | '─' | '═' | '░' => '-',
        '│' | '║' => '|',
        '█' | '▓' | '▒' => '#',
        '•' | '▪' | '·' => '*',
        '▸' | '→' | '›' => '>',
        '←' | '‹' => '<',
        '↑' | '▴' | '▲' => '^',
        '↓' | '▾' => 'v',
        '…' => '.',
        '╭' | '╮' | '╰' | '╯' | '├' | '┤' | '┬' | '┴' | '┼' | '┌' | '┐' | '└' | '┘' => '+',
        '\u{a0}' | '\u{202f}' => ' ',
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    #[test]
    fn letters_keep_their_place_without_their_accent() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 14, 1));
        buffer.set_string(0, 0, "│ « Été » … 3░", Style::new());
        fold(&mut buffer);
        let text: String = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
        assert_eq!(text, "| \" Ete \" . 3-");
    }
}
