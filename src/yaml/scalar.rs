//! A string is written plain only when every reader takes it for that string.
//!
//! The readers, and where each decides what a plain scalar is: PyYAML `resolver.py` (YAML 1.1), go-yaml v2
//! `resolve.go` as kept in sigs.k8s.io/yaml (1.1 with parts of 1.2), the core schema of YAML 1.2.2 chapter 10.3.

/// Appends `text` as a value that stands after `key: `, after `- ` or alone; `indent` is the column of the lines of a
/// block, should the text have several lines.
pub fn write_value(out: &mut Vec<u8>, text: &str, indent: usize) {
    if is_plain(text) {
        out.extend_from_slice(text.as_bytes());
    } else if is_literal(text) {
        write_literal(out, text, indent);
    } else {
        write_quoted(out, text);
    }
}

/// Appends `text` as a key, always on one line.
pub fn write_key(out: &mut Vec<u8>, text: &str) {
    if is_plain(text) {
        out.extend_from_slice(text.as_bytes());
    } else {
        write_quoted(out, text);
    }
}

/// Appends an integer without allocating.
pub fn write_integer(out: &mut Vec<u8>, negative: bool, mut magnitude: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (magnitude % 10) as u8;
        magnitude /= 10;
        if magnitude == 0 {
            break;
        }
    }
    if negative {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[at..]);
}

/// What a byte means inside a plain scalar.
const ORDINARY: u8 = 0;
/// Never plain: controls and DEL, tab and the line breaks among them.
const NEVER: u8 = 1;
/// Plain or not by its neighbours.
const SPACE: u8 = 2;
const COLON: u8 = 3;
/// Part of a character that may be invisible.
const WIDE: u8 = 4;

const INSIDE: [u8; 256] = {
    let mut class = [ORDINARY; 256];
    let mut byte = 0;
    while byte < 256 {
        class[byte] = match byte as u8 {
            0..=0x1f | 0x7f => NEVER,
            b' ' => SPACE,
            b':' => COLON,
            0x80.. => WIDE,
            _ => ORDINARY,
        };
        byte += 1;
    }
    class
};

/// Whether every reader takes the bare text for this string, as a value or as a key in block style.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(&first) = bytes.first() else { return false };
    match first {
        b' ' | b'-' | b'?' | b':' | b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|'
        | b'>' | b'\'' | b'"' | b'%' | b'@' | b'`' | b'+' => return false,
        b'0'..=b'9' if is_number(bytes) || is_date(bytes) => return false,
        b'.' if is_dotted(bytes) => return false,
        b'=' | b'~' if bytes.len() == 1 => return false,
        b'<' if bytes == b"<<" => return false,
        b'y' | b'Y' | b'n' | b'N' | b'o' | b'O' | b't' | b'T' | b'f' | b'F' if is_word(bytes) => {
            return false;
        }
        _ => {}
    }
    let mut wide = false;
    for (at, &byte) in bytes.iter().enumerate() {
        match INSIDE[byte as usize] {
            ORDINARY => {}
            SPACE if matches!(bytes.get(at + 1), None | Some(b'#')) => return false,
            COLON if matches!(bytes.get(at + 1), None | Some(b' ')) => return false,
            NEVER => return false,
            WIDE => wide = true,
            _ => {}
        }
    }
    !(wide && text.chars().any(is_hidden))
}

/// `true`, `null` and the rest of YAML 1.1; in any case, for nobody needs `yEs` to be plain.
fn is_word(bytes: &[u8]) -> bool {
    const WORDS: [&[u8]; 9] = [b"y", b"n", b"yes", b"no", b"on", b"off", b"true", b"false", b"null"];
    bytes.len() <= 5 && WORDS.iter().any(|word| word.eq_ignore_ascii_case(bytes))
}

/// What starts with a dot and is not a name: `.5`, `._`, `.inf`, `.NaN`, and `...`, which ends a document.
fn is_dotted(bytes: &[u8]) -> bool {
    let rest = &bytes[1..];
    rest.starts_with(b"..")
        || matches!(rest.first(), Some(b'0'..=b'9' | b'_')) && is_number(rest)
        || rest.eq_ignore_ascii_case(b"inf")
        || rest.eq_ignore_ascii_case(b"nan")
}

/// Integers and floats of either version, and a little more: `1_000`, `0x1F`, `0b1`, `0o17`, `1e3`, `12:30:45`, `80:80`.
/// Addresses, prefixes, ranges and versions of three parts are none.
fn is_number(bytes: &[u8]) -> bool {
    if let [b'0', b'x' | b'X' | b'o' | b'O' | b'b' | b'B', digits @ ..] = bytes {
        return digits.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'_');
    }
    let (mut dots, mut colons, mut exponent) = (0, 0, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'0'..=b'9' | b'_' => {}
            b'.' => dots += 1,
            b':' => colons += 1,
            b'e' | b'E' if !exponent => exponent = true,
            b'+' | b'-' if at > 0 && matches!(bytes[at - 1], b'e' | b'E') => {}
            _ => return false,
        }
    }
    dots <= 1 && (colons == 0 || !exponent)
}

/// A date or the date before a time: `2001-01-01`, `2024-1-1`, `2001-01-01T00:00:00Z`.
fn is_date(bytes: &[u8]) -> bool {
    let is_digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let mut parts = bytes.splitn(3, |byte| *byte == b'-');
    let (Some(year), Some(month), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let day = rest.split(|byte| matches!(byte, b'T' | b't' | b' ')).next().unwrap_or(rest);
    year.len() == 4 && [year, month, day].into_iter().all(is_digits) && month.len() <= 2 && day.len() <= 2
}

/// Line breaks of YAML 1.1 that are none in 1.2, what YAML calls not printable, and what no reviewer can see:
/// joiners, direction marks, the byte order mark, tags.
fn is_hidden(character: char) -> bool {
    matches!(character,
        '\u{7f}'..='\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202f}'
        | '\u{2060}'..='\u{206f}' | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}'
        | '\u{e0000}'..='\u{10ffff}')
}

/// Whether a `|` block gives the text back in every reader and to every editor: no line starts with a tab or ends in a
/// space, no first line that would need an indentation indicator, and one newline at the end or none.
fn is_literal(text: &str) -> bool {
    let Some((first, _)) = text.split_once('\n') else { return false };
    let body = text.strip_suffix('\n').unwrap_or(text);
    !first.starts_with(' ')
        && !first.is_empty()
        && !body.ends_with('\n')
        && body.split('\n').all(|line| {
            !line.ends_with([' ', '\t'])
                && !line.trim_start_matches(' ').starts_with('\t')
                && !line
                    .chars()
                    .any(|character| (character < ' ' && character != '\t') || is_hidden(character))
        })
}

fn write_literal(out: &mut Vec<u8>, text: &str, indent: usize) {
    let body = text.strip_suffix('\n');
    out.extend_from_slice(if body.is_some() { b"|" } else { b"|-" });
    for line in body.unwrap_or(text).split('\n') {
        out.push(b'\n');
        if !line.is_empty() {
            write_spaces(out, indent);
            out.extend_from_slice(line.as_bytes());
        }
    }
}

fn write_quoted(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut written = 0;
    for (at, character) in text.char_indices() {
        let escape = match character {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            _ if character < ' ' || is_hidden(character) => "",
            _ => continue,
        };
        out.extend_from_slice(&text.as_bytes()[written..at]);
        written = at + character.len_utf8();
        if escape.is_empty() {
            write_code(out, character as u32);
        } else {
            out.extend_from_slice(escape.as_bytes());
        }
    }
    out.extend_from_slice(&text.as_bytes()[written..]);
    out.push(b'"');
}

/// `\x00`, `\u2028` or `\U000E0001`: the three escapes that both versions know for any character.
fn write_code(out: &mut Vec<u8>, code: u32) {
    let (letter, digits) = match code {
        0..=0xff => (b'x', 2),
        0x100..=0xffff => (b'u', 4),
        _ => (b'U', 8),
    };
    out.extend_from_slice(&[b'\\', letter]);
    for digit in (0..digits).rev() {
        out.push(b"0123456789ABCDEF"[(code >> (4 * digit) & 15) as usize]);
    }
}

/// Appends `count` spaces.
pub fn write_spaces(out: &mut Vec<u8>, count: usize) {
    out.resize(out.len() + count, b' ');
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an operator would write bare stays bare: over-quoting is noise in every review.
    #[test]
    fn ordinary_words_of_kubernetes_stay_plain() {
        for text in [
            "10.42.0.0/16",
            "192.168.1.201",
            "192.168.1.200-192.168.1.219",
            "fd00::/8",
            "fe80::1",
            "2001:db8::1",
            "v1.33.1+k3s1",
            "1.2.3",
            "0.1.2",
            "k8s.io/name",
            "all()",
            "./clusters/prod",
            ".",
            "metallb.io/v1beta1",
            "projectcalico.org/name == 'x'",
            "https://example.com/a.git?ref=main#top",
            "Prune=false",
            "10m",
            "100Mi",
            "deadbeef",
            "9a4f",
            "2024-release",
            "1234-5",
            "a:b",
            "a#b",
            "é",
            "yesterday",
            "on-call",
            "nan",
            "=a",
            "é😀",
        ] {
            assert!(is_plain(text), "{text:?} is quoted");
        }
    }

    #[test]
    fn whatever_a_reader_may_take_for_something_else_is_quoted() {
        for text in [
            "",
            "y",
            "No",
            "OFF",
            "Null",
            "~",
            "1",
            "0123",
            "0o17",
            "0x1F",
            "0b",
            "1_000",
            "1e3",
            "1E-3",
            "1.",
            "1.10",
            ".5",
            "._",
            "-.5",
            "+1",
            ".inf",
            ".NaN",
            "12:30:45",
            "80:80",
            "190:20:30.15",
            "2001-01-01",
            "2024-1-1",
            "2001-01-01T00:00:00Z",
            "2001-01-01 00:00:00",
            "=",
            "<<",
            "---",
            "...",
            "... a",
            "-a",
            "?",
            "::1",
            "1::",
            "a: b",
            "a #b",
            " a",
            "a ",
            "a\tb",
            "a\u{2028}b",
            "\u{feff}a",
            "a\u{202e}b",
            "@a",
            "`a",
            "%a",
            "'a",
            "\"a",
        ] {
            assert!(!is_plain(text), "{text:?} is plain");
        }
    }

    #[test]
    fn the_widest_integers_keep_all_digits() {
        let mut out = Vec::new();
        write_integer(&mut out, true, i64::MIN.unsigned_abs());
        out.push(b' ');
        write_integer(&mut out, false, u64::MAX);
        assert_eq!(out, b"-9223372036854775808 18446744073709551615");
    }
}
