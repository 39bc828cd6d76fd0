//! Whatever a plan says, the compiler answers: no panic, no endless loop, no file outside of the tree.
//!
//! Cases are made from the plans of this repository: bytes are flipped, cut and repeated, and lines are changed with an
//! eye for the language (a value of another key, a hostile value, a missing or doubled table). The generator starts at a
//! fixed seed; `PLAN_FUZZ_SEED` changes it, `PLAN_FUZZ_CASES` (300) the number of cases, and `PLAN_FUZZ_SECONDS` makes it
//! run for that long instead.

use plan::source::Source;
use plan::{Inputs, compile};
use std::panic::catch_unwind;
use std::sync::mpsc;
use std::time::{Duration, Instant};

const PLANS: [&str; 2] =
    [include_str!("../plans/ml-platform/migration.toml"), include_str!("../plans/article/migration.toml")];

/// Values that readers of numbers, addresses, names and paths tend to trip over.
const HOSTILE: [&str; 40] = [
    "\"\"",
    "0",
    "-1",
    "1",
    "65536",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "1.5",
    "nan",
    "true",
    "1979-05-27",
    "07:32:00",
    "[]",
    "{}",
    "[[]]",
    "\"0.0.0.0/0\"",
    "\"::/0\"",
    "\"255.255.255.255\"",
    "\"::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\"",
    "\"0.0.0.0-255.255.255.255\"",
    "\"192.168.1.0/33\"",
    "\"10.0.0.0/8\"",
    "\"../../etc/passwd\"",
    "\"/etc/passwd\"",
    "\"a/b\"",
    "\"..\"",
    "\"CON\"",
    "\"\\u0000\"",
    "\"\\u202e\"",
    "\"ß\"",
    "\"{{ 7 * 7 }}\"",
    "\"${HOME}\"",
    "\"lan\"",
    "\"tenants\"",
    "\"v3.30.7\"",
    "\"v99999999999.0.0\"",
    "\"80:http/udp\"",
    "[\"lan\", \"internet\", \"seldon\", \"tenants\"]",
    "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"",
];

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

fn case(dice: &mut Dice) -> String {
    let mut text = dice.pick(&PLANS).to_owned();
    for _ in 0..=dice.below(4) {
        text = if dice.below(4) == 0 { bytes(dice, &text) } else { lines(dice, &text) };
    }
    text
}

/// A change that knows nothing about TOML.
fn bytes(dice: &mut Dice, text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let at = dice.below(bytes.len());
    let end = (at + 1 + dice.below(40)).min(bytes.len());
    match dice.below(4) {
        0 if !bytes.is_empty() => bytes[at] = dice.next() as u8,
        1 => drop(bytes.drain(at..end)),
        2 => {
            let piece = bytes[at..end].to_vec();
            let to = dice.below(bytes.len());
            bytes.splice(to..to, piece);
        }
        _ => bytes.truncate(at),
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A change that keeps the file TOML more often than not.
fn lines(dice: &mut Dice, text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let assignments: Vec<usize> =
        (0..lines.len()).filter(|at| lines[*at].contains('=') && !lines[*at].starts_with('#')).collect();
    let headers: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].starts_with('[')).collect();
    if assignments.is_empty() || headers.is_empty() {
        return text.to_owned();
    }
    let at = assignments[dice.below(assignments.len())];
    let key = lines[at].split('=').next().unwrap_or_default().to_owned();
    match dice.below(7) {
        0 | 1 => lines[at] = format!("{key}= {}", dice.pick(&HOSTILE)),
        2 => {
            let other = &lines[assignments[dice.below(assignments.len())]];
            let value = other.split_once('=').map_or("0", |(_, value)| value).to_owned();
            lines[at] = format!("{key}={value}");
        }
        3 => drop(lines.remove(at)),
        4 => {
            let from = headers[dice.below(headers.len())];
            let end = headers.iter().copied().find(|header| *header > from).unwrap_or(lines.len());
            if dice.below(2) == 0 {
                lines.drain(from..end);
            } else {
                let mut copy = lines[from..end].to_vec();
                copy[0] = copy[0].replace(']', &format!("{}]", dice.below(9)));
                lines.extend(copy);
            }
        }
        5 => lines[at] = lines[at].replacen(key.trim(), &format!("{}{}", key.trim(), dice.below(9)), 1),
        _ => {
            let (a, b) = (dice.below(lines.len()), dice.below(lines.len()));
            lines.swap(a, b);
        }
    }
    lines.join("\n")
}

/// Compiles one case; what it must not do is in the panics.
fn judge(text: String) {
    let compilation = compile(&Inputs::new(Source::new("migration.toml", text.clone())));
    for finding in &compilation.diagnostics {
        assert!(!finding.message.is_empty());
        for label in &finding.labels {
            let range = label.span.range();
            let fits = label.span.source > 0 || (range.start <= range.end && range.end <= text.len());
            assert!(fits, "{}: a label outside of the plan", finding.rule.name);
        }
    }
    let has_errors = plan::diagnostics::has_errors(&compilation.diagnostics);
    assert_eq!(compilation.output.is_none(), has_errors, "a tree if, and only if, there is no error");
    for (path, _) in compilation.output.iter().flat_map(|output| output.tree.iter()) {
        let inside = !path.as_str().starts_with('/')
            && path.as_str().split('/').all(|part| part != ".." && !part.is_empty());
        assert!(inside, "{path} leads out of the tree");
    }
}

#[test]
fn no_plan_makes_the_compiler_panic_hang_or_leave_its_tree() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let mut dice = Dice(number("PLAN_FUZZ_SEED").unwrap_or(1));
    let cases = number("PLAN_FUZZ_CASES").unwrap_or(300);
    let end = number("PLAN_FUZZ_SECONDS").map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let (work, queue) = mpsc::channel::<String>();
    let (done, answers) = mpsc::channel::<bool>();
    std::thread::spawn(move || {
        for text in queue {
            let fine = catch_unwind(|| judge(text)).is_ok();
            if done.send(fine).is_err() {
                break;
            }
        }
    });
    let mut count = 0;
    while end.map_or(count < cases, |end| Instant::now() < end) {
        let text = case(&mut dice);
        if let Ok(path) = std::env::var("PLAN_FUZZ_KEEP") {
            let _ = std::fs::write(path, &text);
        }
        work.send(text.clone()).expect("the worker is there");
        // Far more than any plan of this size needs, on any machine: a loop that ends is no hang.
        match answers.recv_timeout(Duration::from_secs(120)) {
            Ok(true) => {}
            Ok(false) => panic!("case {count} fails:\n{text}"),
            Err(_) => panic!("case {count} does not end:\n{text}"),
        }
        count += 1;
    }
    println!("{count} cases");
}
