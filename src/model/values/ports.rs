//! Ports: `port[:targetPort][/protocol]`.

use crate::decode::{Decode, FromText, Reader, Shape, TextError, Value, rules};
use crate::diagnostics::Diagnostic;
use crate::words;
use toml::de::DeValue;

words! {
    /// A transport protocol as Kubernetes spells it.
    Protocol {
        /// The default.
        Tcp = "TCP",
        /// Datagrams: DNS, syslog, games.
        Udp = "UDP",
        /// Telecom signalling; kube-proxy and Calico's iptables dataplane carry it, eBPF does not.
        Sctp = "SCTP",
    }
}

/// A port from 1 to 65535.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortNumber(pub u16);

impl Decode for PortNumber {
    fn shape() -> Shape {
        Shape::Integer { min: 1, max: 65535 }
    }

    fn decode(value: &Value<'_>, reader: &mut Reader<'_>) -> Option<PortNumber> {
        let DeValue::Integer(number) = value.get_ref() else {
            reader.wrong_type(value, &Self::shape());
            return None;
        };
        match u16::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) if number > 0 => Some(PortNumber(number)),
            _ => {
                let span = reader.span(value);
                let message = format!("`{}` is {number}, a port is a number from 1 to 65535", reader.path());
                reader
                    .report(Diagnostic::new(&rules::OUT_OF_RANGE, span, message).here("expected 1 to 65535"));
                None
            }
        }
    }

    fn literal(&self) -> String {
        self.0.to_string()
    }
}

/// The port of an `allow`: the name of a port of the destination, or a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortName {
    Named(String),
    Number(u16),
}

impl Decode for PortName {
    fn shape() -> Shape {
        Shape::Either(vec![Shape::Text { what: "the name of a port", pattern: None }, PortNumber::shape()])
    }

    fn decode(value: &Value<'_>, reader: &mut Reader<'_>) -> Option<PortName> {
        match value.get_ref() {
            DeValue::String(name) => Some(PortName::Named(name.to_string())),
            _ => PortNumber::decode(value, reader).map(|port| PortName::Number(port.0)),
        }
    }
}

/// The port of the pod: a number, or the name of a container port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetPort {
    Number(u16),
    Name(String),
}

/// A port of a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortSpec {
    pub port: u16,
    pub target: TargetPort,
    pub protocol: Protocol,
}

impl FromText for PortSpec {
    const WHAT: &'static str = "a port such as \"80\", \"80:8080\" or \"53:5353/udp\"";
    const PATTERN: Option<&'static str> =
        Some("^[0-9]{1,5}(:[A-Za-z0-9-]+)?(/(tcp|udp|sctp|TCP|UDP|SCTP))?$");

    fn from_text(text: &str) -> Result<PortSpec, TextError> {
        let (ports, protocol) = match text.split_once('/') {
            Some((ports, word)) => {
                let protocol = Protocol::from_word(&word.to_ascii_uppercase());
                (
                    ports,
                    protocol.ok_or_else(|| {
                        TextError::new("ends in an unknown protocol").help("write /tcp, /udp or /sctp")
                    })?,
                )
            }
            None => (text, Protocol::Tcp),
        };
        let (port, target) = ports.split_once(':').unwrap_or((ports, ports));
        let port = number(port)?;
        let target = match number(target) {
            Ok(number) => TargetPort::Number(number),
            Err(error) if target.bytes().all(|byte| byte.is_ascii_digit()) => return Err(error),
            Err(_) => TargetPort::Name(container_port_name(target)?),
        };
        Ok(PortSpec { port, target, protocol })
    }

    fn text(&self) -> String {
        let target = match &self.target {
            TargetPort::Number(number) if *number == self.port => String::new(),
            TargetPort::Number(number) => format!(":{number}"),
            TargetPort::Name(name) => format!(":{name}"),
        };
        let protocol = match self.protocol {
            Protocol::Tcp => String::new(),
            other => format!("/{}", other.word().to_ascii_lowercase()),
        };
        format!("{}{target}{protocol}", self.port)
    }
}

fn number(text: &str) -> Result<u16, TextError> {
    match text.parse::<u16>() {
        Ok(number) if number > 0 && !text.starts_with('+') => Ok(number),
        _ => Err(TextError::new("has a port that is not a number from 1 to 65535")),
    }
}

/// An IANA service name: at most 15 lowercase letters, digits and `-`, with a letter
/// (apimachinery `validation.IsValidPortName`).
fn container_port_name(text: &str) -> Result<String, TextError> {
    let fits = text.len() <= 15
        && !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--");
    if !fits {
        return Err(TextError::new("has a target port that is neither a number nor a container port name")
            .help("a name has at most 15 lowercase letters, digits and `-`, with at least one letter"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_may_have_a_target_and_a_protocol() {
        let read = |text: &str| PortSpec::from_text(text).unwrap();
        assert_eq!(
            read("9000"),
            PortSpec { port: 9000, target: TargetPort::Number(9000), protocol: Protocol::Tcp }
        );
        assert_eq!(read("53:5353/udp").protocol, Protocol::Udp);
        assert_eq!(read("80:http").target, TargetPort::Name("http".to_owned()));
        for text in ["80", "80:8080", "53/udp", "80:http", "53:5353/sctp"] {
            assert_eq!(read(text).text(), text);
        }
    }

    #[test]
    fn what_the_api_server_refuses_is_refused() {
        for text in
            ["", "0", "65536", "80:70000", "80:", "80/icmp", "80:Http", "80:123456789012345a", "+80", "80:8-"]
        {
            assert!(PortSpec::from_text(text).is_err(), "{text}");
        }
    }
}
