//! A rule of the catalogue that needs no check: what is written cannot break it, or nobody could know.

/// The answer to some ids of the catalogue, beside the code that makes it true.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    pub kind: AnswerKind,
    pub ids: &'static [&'static str],
    /// Why, in one sentence.
    pub how: &'static str,
    /// The source file that says it.
    pub place: &'static str,
}

/// How a rule is answered without a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AnswerKind {
    /// The language cannot express the mistake, or the right value is always written.
    Impossible,
    /// A compiler of one plan cannot know, or it is no mistake of a plan.
    OutOfScope,
}

/// An answer whose place is the file in which it stands.
#[macro_export]
macro_rules! answer {
    ($kind:ident, [$($id:literal),+ $(,)?], $how:expr $(,)?) => {
        $crate::diagnostics::Answer {
            kind: $crate::diagnostics::AnswerKind::$kind,
            ids: &[$($id),+],
            how: $how,
            place: file!(),
        }
    };
}
