//! Words that some program reads as they stand, and refuses or misreads where their form is wrong.

use super::names::{label_key, name};
use crate::decode::{FromText, TextError};

name!(
    /// A load balancer class: an optional DNS prefix and a name, like the key of a label
    /// (kubernetes `ValidateServiceLoadBalancerClassField`).
    LoadBalancerClass,
    "a class such as \"metallb.io/metallb\"",
    "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$",
    label_key
);

name!(
    /// A network interface: at most 15 bytes, neither white space nor `/` nor `:` (Linux `dev_valid_name`).
    Interface,
    "the name of a network interface such as \"eno1\"",
    "^[^\\s/:]{1,15}$",
    interface
);

name!(
    /// An absolute path.
    AbsolutePath,
    "an absolute path such as \"/srv/nfs\"",
    "^/",
    |text| if text.starts_with('/') { Ok(()) } else { Err(begins_with_slash(text)) }
);

name!(
    /// An image: a registry, a repository in lower case, a tag and a digest, of which only the repository is needed
    /// (the reference grammar of github.com/distribution/reference).
    Image,
    "an image such as \"docker.io/library/busybox:1.37.0\"",
    "^[A-Za-z0-9][A-Za-z0-9._:/@-]*$",
    image
);

name!(
    /// A registry, with the folders before the name of an image if there are any: `harbor.example.com/mirror/`.
    Registry,
    "a registry such as \"quay.io/\"",
    "^[A-Za-z0-9][A-Za-z0-9.:_/-]*$",
    registry
);

impl Image {
    /// Small, and with `nc`, `wget`, `httpd` and `nslookup`.
    pub fn busybox() -> Image {
        Image("docker.io/library/busybox:1.37.0".to_owned())
    }
}

fn interface(text: &str) -> Result<(), TextError> {
    if text.is_empty() || text.len() > 15 {
        return Err(TextError::new(format!("has {} characters, an interface has 1 to 15", text.len())));
    }
    if text == "." || text == ".." || text.contains(|c: char| c.is_whitespace() || c == '/' || c == ':') {
        return Err(TextError::new("is no name that the kernel gives to an interface"));
    }
    Ok(())
}

fn begins_with_slash(text: &str) -> TextError {
    TextError::new("does not begin with `/`").help(format!("write \"/{text}\""))
}

fn image(text: &str) -> Result<(), TextError> {
    without_scheme(text)?;
    let (name, digest) = text.split_once('@').map_or((text, None), |(name, digest)| (name, Some(digest)));
    let is_hex =
        |hex: &str| hex.len() == 64 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if digest.is_some_and(|digest| !digest.strip_prefix("sha256:").is_some_and(is_hex)) {
        return Err(TextError::new("has a digest that is not `sha256:` and 64 digits"));
    }
    let after_folders = name.rfind('/').map_or(0, |at| at + 1);
    let (repository, tag) = match name[after_folders..].split_once(':') {
        Some((_, tag)) => (&name[..name.len() - tag.len() - 1], Some(tag)),
        None => (name, None),
    };
    let in_tag = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    if tag.is_some_and(|tag| {
        tag.is_empty() || tag.len() > 128 || tag.starts_with(['.', '-']) || !tag.chars().all(in_tag)
    }) {
        return Err(TextError::new("has a tag that no registry keeps"));
    }
    let (host, path) = match repository.split_once('/') {
        Some((host, path)) if is_host(host) => (Some(host), path),
        _ => (None, repository),
    };
    host.map_or(Ok(()), is_a_host)?;
    path.split('/').try_for_each(folder)
}

fn registry(text: &str) -> Result<(), TextError> {
    without_scheme(text)?;
    let mut parts = text.trim_end_matches('/').split('/');
    is_a_host(parts.next().unwrap_or_default())?;
    parts.try_for_each(folder)
}

fn without_scheme(text: &str) -> Result<(), TextError> {
    match text.split_once("://") {
        Some((_, rest)) => {
            Err(TextError::new("has a scheme, and images are named without one").fix(rest.to_owned()))
        }
        None => Ok(()),
    }
}

/// What comes before the first `/` is a host if it cannot be a folder.
fn is_host(text: &str) -> bool {
    text == "localhost" || text.contains(['.', ':']) || text.chars().any(|c| c.is_ascii_uppercase())
}

fn is_a_host(text: &str) -> Result<(), TextError> {
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|port| port > 0);
    if host.is_empty()
        || !host.chars().all(fits)
        || host.starts_with(['.', '-'])
        || host.ends_with(['.', '-'])
    {
        return Err(TextError::new("does not begin with the name of a registry"));
    }
    if port.is_some_and(|port| !is_port(port)) {
        return Err(TextError::new("has a port that is none"));
    }
    Ok(())
}

fn folder(text: &str) -> Result<(), TextError> {
    let outer = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let inner = |c: char| outer(c) || matches!(c, '.' | '_' | '-');
    if text.starts_with(outer) && text.ends_with(outer) && text.chars().all(inner) {
        return Ok(());
    }
    Err(TextError::new("has a part that is not made of lowercase letters, digits, `.`, `_` and `-`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_what_a_registry_serves() {
        let digest = format!("quay.io/a/b@sha256:{}", "0f".repeat(32));
        for good in [
            "busybox",
            "busybox:1.37",
            "library/busybox",
            "localhost:5000/a/b_c:v1",
            "Harbor.Example/a",
            &digest,
        ] {
            assert!(Image::from_text(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "busy box",
            "BusyBox",
            "a/",
            "/a",
            "a:",
            "a:-b",
            "a@sha256:0f",
            "https://a.io/b",
            "a.io:x/b",
            "a//b",
        ] {
            assert!(Image::from_text(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_registry_has_no_scheme() {
        for good in ["quay.io/", "harbor.example.com", "localhost:5000/mirror/", "10.0.0.1:5000"] {
            assert!(Registry::from_text(good).is_ok(), "{good}");
        }
        for bad in ["", "/", "foo bar", "https://quay.io/", "quay.io/Mirror", "quay.io:0/"] {
            assert!(Registry::from_text(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn interfaces_are_what_the_kernel_calls_them() {
        assert!(Interface::from_text("enp0s31f6").is_ok() && Interface::from_text("eth0.100").is_ok());
        for bad in ["", "eno 1", "eth0:1", "..", "sixteen-letters-"] {
            assert!(Interface::from_text(bad).is_err(), "{bad}");
        }
    }
}
