//! What the strings of a plan mean: names, addresses, ports, versions, durations.

mod addresses;
mod date;
mod duration;
mod names;
mod ports;
mod time;
mod version;
mod words;

pub use addresses::{HostAddress, NodeAddress, PoolEntry, Taken};
pub use date::Date;
pub use duration::Duration;
pub use names::{DnsLabel, DnsSubdomain, LabelKey, LabelValue, ServiceName, Url};
pub use ports::{PortName, PortNumber, PortSpec, Protocol, TargetPort};
pub use version::Release;
pub use words::{AbsolutePath, Image, Interface, LoadBalancerClass, Registry};
