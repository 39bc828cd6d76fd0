//! Names, label keys and label values have the forms that `apimachinery pkg/util/validation` gives them.

/// A DNS subdomain: labels with dots between, at most 253.
pub fn is_dns_subdomain(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(inner) && !part.starts_with('-') && !part.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(part)
}

/// `[prefix/]name`, as `IsQualifiedName`.
pub fn is_label_key(text: &str) -> bool {
    match text.split_once('/') {
        Some((prefix, name)) => is_dns_subdomain(prefix) && is_name(name),
        None => is_name(text),
    }
}

/// Empty, or a name, as `IsValidLabelValue`.
pub fn is_label_value(text: &str) -> bool {
    text.is_empty() || is_name(text)
}

fn is_name(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    bytes.len() <= 63 && end(bytes.first()) && end(bytes.last()) && text.bytes().all(inner)
}

/// The name of a port, as `IsValidPortName`: IANA_SVC_NAME.
pub fn is_port_name(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=15).contains(&text.len())
        && text.bytes().all(inner)
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_upstreams() {
        for (text, good) in
            [("http", true), ("80", false), ("a--b", false), ("-a", false), ("sixteen-letters-", false)]
        {
            assert_eq!(is_port_name(text), good, "{text}");
        }
        for (text, good) in
            [("app.kubernetes.io/name", true), ("app", true), ("a/b/c", false), ("/b", false), ("", false)]
        {
            assert_eq!(is_label_key(text), good, "{text}");
        }
        assert!(
            is_label_value("") && is_label_value("v1.2_x") && !is_label_value("a b") && !is_label_value("-")
        );
        assert!(
            is_dns_subdomain("kube-system")
                && !is_dns_subdomain("Kube")
                && is_dns_subdomain("a.b")
                && !is_dns_subdomain("a..b")
        );
    }
}
