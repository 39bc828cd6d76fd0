//! Names as Kubernetes accepts them.

use crate::decode::{FromText, TextError};

macro_rules! name {
    ($(#[doc = $docs:literal])* $name:ident, $what:literal, $pattern:literal, $check:expr) => {
        $(#[doc = $docs])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl FromText for $name {
            const WHAT: &'static str = $what;
            const PATTERN: Option<&'static str> = Some($pattern);

            fn from_text(text: &str) -> Result<$name, TextError> {
                let check: fn(&str) -> Result<(), TextError> = $check;
                check(text).map(|()| $name(text.to_owned()))
            }

            fn text(&self) -> String {
                self.0.clone()
            }
        }
    };
}

pub(super) use name;

name!(
    /// An RFC 1123 label of at most 63 characters: namespaces, hosts, clusters, most names
    /// (apimachinery `validation.IsDNS1123Label`).
    DnsLabel,
    "a name of lowercase letters, digits and `-`",
    "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
    |text| label(text, false)
);

name!(
    /// An RFC 1035 label: like a label, and it starts with a letter. Relaxed Service names are behind a feature gate, so
    /// this is the portable rule (kubernetes `ValidateServiceName`).
    ServiceName,
    "a Service name of lowercase letters, digits and `-` that starts with a letter",
    "^[a-z]([-a-z0-9]*[a-z0-9])?$",
    |text| label(text, true)
);

name!(
    /// An RFC 1123 subdomain of at most 253 characters: labels joined by dots.
    DnsSubdomain,
    "a DNS name such as \"mlflow.test\"",
    "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    subdomain
);

name!(
    /// The key of a label: an optional DNS prefix and a name of at most 63 characters.
    LabelKey,
    "a label key such as \"app.kubernetes.io/name\"",
    "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$",
    label_key
);

name!(
    /// The value of a label: at most 63 characters, possibly none.
    LabelValue,
    "a label value of letters, digits, `-`, `_` and `.`",
    "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$",
    |text| if text.is_empty() { Ok(()) } else { qualified(text) }
);

name!(
    /// A URL with its scheme. Flux refuses the `git@host:path` form (source-controller).
    Url,
    "a URL such as \"https://git.example.com/platform/plans.git\"",
    "^[a-z][a-z0-9+.-]*://\\S+$",
    url
);

impl DnsLabel {
    /// MetalLB's namespace in its own manifests.
    pub fn metallb_system() -> DnsLabel {
        DnsLabel("metallb-system".to_owned())
    }

    /// The Ansible profile that assumes nothing about the roles.
    pub fn default_profile() -> DnsLabel {
        DnsLabel("default".to_owned())
    }
}

impl DnsSubdomain {
    /// The cluster domain that K3s and kubeadm use unless told otherwise.
    pub fn cluster_local() -> DnsSubdomain {
        DnsSubdomain("cluster.local".to_owned())
    }
}

fn label(text: &str, letter_first: bool) -> Result<(), TextError> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty() {
        return Err(TextError::new("is empty"));
    }
    if text.len() > 63 {
        return Err(TextError::new(format!("has {} characters, at most 63 fit in a DNS label", text.len())));
    }
    if !text.chars().all(fits) {
        let mended: String = text.to_lowercase().replace(['_', ' ', '.'], "-");
        let is_mended = mended.chars().all(fits) && label(&mended, letter_first).is_ok();
        let error = TextError::new("has characters other than lowercase letters, digits and `-`");
        return Err(if is_mended { error.help(format!("write {mended}")) } else { error });
    }
    if text.starts_with('-') || text.ends_with('-') {
        return Err(TextError::new("starts or ends with `-`"));
    }
    if letter_first && !text.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err(TextError::new("starts with a digit, a Service name starts with a letter"));
    }
    Ok(())
}

fn subdomain(text: &str) -> Result<(), TextError> {
    if text.len() > 253 {
        return Err(TextError::new(format!("has {} characters, at most 253 fit in a DNS name", text.len())));
    }
    text.split('.').try_for_each(|part| label(part, false))
}

fn qualified(text: &str) -> Result<(), TextError> {
    if text.is_empty() || text.len() > 63 {
        return Err(TextError::new(format!("has {} characters, a label takes 1 to 63", text.len())));
    }
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let outer = |c: char| c.is_ascii_alphanumeric();
    if !text.chars().all(inner) || !text.starts_with(outer) || !text.ends_with(outer) {
        return Err(TextError::new(
            "is not made of letters, digits, `-`, `_` and `.` between a letter or digit on both sides",
        ));
    }
    Ok(())
}

pub(super) fn label_key(text: &str) -> Result<(), TextError> {
    match text.split_once('/') {
        Some((prefix, name)) => subdomain(prefix).and_then(|()| qualified(name)),
        None => qualified(text),
    }
}

fn url(text: &str) -> Result<(), TextError> {
    if text.contains("://") && !text.contains(char::is_whitespace) {
        return Ok(());
    }
    if text.contains(char::is_whitespace) {
        return Err(TextError::new("has white space in it"));
    }
    let error = TextError::new("has no scheme");
    Err(match text.split_once(':') {
        Some((host, path)) if host.contains('@') => error.fix(format!("ssh://{host}/{path}")),
        _ => error.help(format!("write \"https://{text}\"")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_name_starts_with_a_letter() {
        assert!(DnsLabel::from_text("1st").is_ok());
        assert!(ServiceName::from_text("1st").is_err());
        assert!(ServiceName::from_text(&"a".repeat(64)).is_err());
    }

    #[test]
    fn an_uppercase_host_comes_with_its_fix() {
        let error = DnsLabel::from_text("NUC8i5BEHS").unwrap_err();
        assert_eq!(error.help.as_deref(), Some("write nuc8i5behs"));
    }

    #[test]
    fn a_name_that_cannot_be_mended_is_refused() {
        assert!(DnsLabel::from_text("192.168.1.0/33").unwrap_err().help.is_none());
    }

    #[test]
    fn label_keys_may_have_a_prefix() {
        assert!(LabelKey::from_text("app.kubernetes.io/name").is_ok());
        assert!(LabelKey::from_text("app.kubernetes.io/").is_err());
        assert!(LabelKey::from_text("-app").is_err());
    }
}
