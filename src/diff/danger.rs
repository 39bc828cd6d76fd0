//! What a change does to those who use the platform, from nothing to what cannot be done at all.

/// Ordered: a later class is worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Danger {
    /// Nobody can tell: a document for people, a comment, an order.
    #[default]
    None,
    /// Worth knowing; whatever runs goes on.
    Note,
    /// Pods or agents restart; those who call them notice for seconds.
    Restart,
    /// Something that is used stops answering, or answers elsewhere, until somebody acts.
    Disruptive,
    /// Something is lost, and reverting the commit does not bring it back.
    Irreversible,
    /// The API server or the controller refuses it, so that the commit never takes effect as a whole.
    Impossible,
}

impl Danger {
    /// Every class, the least first.
    pub const ALL: [Danger; 6] = [
        Danger::None,
        Danger::Note,
        Danger::Restart,
        Danger::Disruptive,
        Danger::Irreversible,
        Danger::Impossible,
    ];

    /// What options, JSON and headings call it.
    pub fn word(self) -> &'static str {
        match self {
            Danger::None => "none",
            Danger::Note => "note",
            Danger::Restart => "restart",
            Danger::Disruptive => "disruptive",
            Danger::Irreversible => "irreversible",
            Danger::Impossible => "impossible",
        }
    }

    /// What it means, in a few words.
    pub fn about(self) -> &'static str {
        match self {
            Danger::None => "nobody can tell",
            Danger::Note => "worth knowing; whatever runs goes on",
            Danger::Restart => "pods or agents restart",
            Danger::Disruptive => "something that is used stops answering, or answers elsewhere",
            Danger::Irreversible => "something is lost, and a revert does not bring it back",
            Danger::Impossible => "the API server or the controller refuses it",
        }
    }

    /// The class of that word.
    pub fn of(word: &str) -> Option<Danger> {
        Danger::ALL.into_iter().find(|danger| danger.word() == word)
    }
}
