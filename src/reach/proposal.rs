//! The smallest line of the plan that would open a connection.
//!
//! A proposal is words and an edit. Whoever makes one compiles the edited plan and asks again, so that nobody is told to
//! write what does not help.

use super::endpoint::Named;
use super::subject::{Of, Subject};
use crate::connectivity::{Endpoint, Protocol};
use crate::resolve::{NamespaceId, NamespaceKind, Party, Resolved};
use crate::source::Located;
use std::ops::Range;

/// Something to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What to write, with the header of its table.
    pub text: String,
    /// The bytes of the plan that it replaces, and what they become.
    edit: (Range<usize>, String),
}

impl Proposal {
    /// The plan with this line.
    pub fn applied(&self, plan: &str) -> String {
        let (range, replacement) = &self.edit;
        format!("{}{replacement}{}", &plan[..range.start], &plan[range.end..])
    }
}

/// What may help, the smallest first. `plan` is the text of the plan.
pub fn proposals(
    subject: &Subject<'_>,
    plan: &str,
    from: &Named,
    to: &Named,
    port: Option<(Protocol, u16)>,
) -> Vec<Proposal> {
    let Of::Plan { facts, .. } = &subject.of else { return Vec::new() };
    let maker = Maker { subject, resolved: &facts.resolved, plan };
    let (caller, called) = (maker.party(from), maker.party(to));
    let mut found: Vec<Proposal> = Vec::new();
    if let (Some(caller), Some(called)) = (&caller, &called) {
        found.extend(maker.needs(caller, called));
        if let (Party::Internet, Some((Protocol::Tcp, port))) = (called, port) {
            found.extend(maker.internet(caller, port));
        }
        found.extend(maker.clients(caller, called));
        found.extend(maker.allow(caller, called, port));
    }
    found.sort_by_key(|proposal| proposal.text.len());
    found
}

struct Maker<'s, 'a> {
    subject: &'s Subject<'a>,
    resolved: &'s Resolved<'a>,
    plan: &'s str,
}

type List<T> = Option<Located<Vec<Located<T>>>>;

impl Maker<'_, '_> {
    /// The party of an end; pods that have none speak for their namespace.
    fn party(&self, named: &Named) -> Option<Party> {
        if named.party.is_some() {
            return named.party.clone();
        }
        let Endpoint::Workload(id) = named.ends.first()? else { return None };
        let Of::Plan { cluster, .. } = &self.subject.of else { return None };
        let workload = &self.subject.world.workloads[id.0];
        let service = self.resolved.services_of(cluster.id).iter().find(|service| {
            service.key == workload.name
                && self.resolved.namespace(service.namespace).name == workload.namespace
        });
        if let Some(service) = service {
            return Some(Party::Service(service.id));
        }
        let namespace = self.resolved.find_namespace(cluster.id, &workload.namespace)?;
        Some(match namespace.kind {
            NamespaceKind::Tenant(tenant) => Party::Tenant(tenant),
            _ => Party::Namespace(namespace.id),
        })
    }

    /// `needs` of who calls.
    fn needs(&self, caller: &Party, called: &Party) -> Option<Proposal> {
        let name = self.name(called)?;
        if matches!(called, Party::Internet | Party::Lan | Party::Network(_) | Party::Namespace(_)) {
            return None;
        }
        let name = name.strip_prefix("services.").or(name.strip_prefix("external.")).unwrap_or(&name);
        match caller {
            Party::Tenant(id) => {
                let tenant = self.resolved.tenant(*id);
                self.list(&tenant.path(), "needs", &tenant.written.shared.needs, &tenant.shared.needs, name)
            }
            Party::Service(id) => {
                let service = self.resolved.service(*id);
                let written = &service.written.needs;
                self.list(&service.path(), "needs", written, written, name)
            }
            Party::Runtime(_) => {
                let seldon = self.resolved.plan.seldon.as_ref().map(|seldon| &seldon.value)?;
                self.list("seldon", "needs", &seldon.needs, &seldon.needs, name)
            }
            _ => None,
        }
    }

    /// `clients` of who is called.
    fn clients(&self, caller: &Party, called: &Party) -> Option<Proposal> {
        let name = self.name(caller)?;
        let name = name.strip_prefix("services.").unwrap_or(&name);
        match called {
            Party::Service(id) => {
                let service = self.resolved.service(*id);
                let (written, inherited) = (&service.written.shared.clients, &service.shared.clients);
                self.list(&service.path(), "clients", written, inherited, name)
            }
            Party::Tenant(id) => {
                let tenant = self.resolved.tenant(*id);
                let (written, inherited) = (&tenant.written.shared.clients, &tenant.shared.clients);
                self.list(&tenant.path(), "clients", written, inherited, name)
            }
            _ => None,
        }
    }

    /// `internet` of who calls.
    fn internet(&self, caller: &Party, port: u16) -> Option<Proposal> {
        let (path, written, inherited) = match caller {
            Party::Tenant(id) => {
                let tenant = self.resolved.tenant(*id);
                (tenant.path(), &tenant.written.shared.internet, &tenant.shared.internet)
            }
            Party::Service(id) => {
                let service = self.resolved.service(*id);
                (service.path(), &service.written.internet, &service.written.internet)
            }
            _ => return None,
        };
        let numbers = |list: &List<crate::model::values::PortNumber>| -> Vec<String> {
            list.iter().flat_map(|list| list.value.iter()).map(|port| port.value.0.to_string()).collect()
        };
        let span = written.as_ref().map(|list| list.span.range());
        self.written(&path, "internet", span, numbers(written), numbers(inherited), port.to_string())
    }

    fn list(
        &self,
        path: &str,
        key: &str,
        written: &List<String>,
        inherited: &List<String>,
        name: &str,
    ) -> Option<Proposal> {
        let words = |list: &List<String>| -> Vec<String> {
            list.iter().flat_map(|list| list.value.iter()).map(|word| quoted(&word.value)).collect()
        };
        let span = written.as_ref().map(|list| list.span.range());
        self.written(path, key, span, words(written), words(inherited), quoted(name))
    }

    /// A list with one more item. One that is only inherited would have to be repeated, which is no small line.
    fn written(
        &self,
        path: &str,
        key: &str,
        span: Option<Range<usize>>,
        own: Vec<String>,
        inherited: Vec<String>,
        item: String,
    ) -> Option<Proposal> {
        if span.is_none() && !inherited.is_empty() || own.contains(&item) {
            return None;
        }
        let items: Vec<String> = own.into_iter().chain([item]).collect();
        let list = format!("[{}]", items.join(", "));
        let text = format!("[{path}]\n{key} = {list}\n");
        if let Some(span) = span {
            return Some(Proposal { text, edit: (span, list) });
        }
        let end = header_end(self.plan, path)?;
        Some(Proposal { text, edit: (end..end, format!("{key} = {list}\n")) })
    }

    /// An `[[allow]]` entry.
    fn allow(&self, caller: &Party, called: &Party, port: Option<(Protocol, u16)>) -> Option<Proposal> {
        let (from, to) = (self.name(caller)?, self.name(called)?);
        let port = match port {
            // A number means TCP there.
            Some((Protocol::Tcp, port)) => format!("port = {port}\n"),
            Some(_) | None => String::new(),
        };
        let text = format!("[[allow]]\nfrom = {}\nto = {}\n{port}", quoted(&from), quoted(&to));
        let end = self.plan.len();
        let gap = if self.plan.ends_with('\n') { "\n" } else { "\n\n" };
        Some(Proposal { edit: (end..end, format!("{gap}{text}")), text })
    }

    /// What a plan calls a party.
    fn name(&self, party: &Party) -> Option<String> {
        let namespace = |id: &NamespaceId| format!("namespaces.{}", self.resolved.namespace(*id).name);
        Some(match party {
            Party::Service(id) => self.resolved.service(*id).path(),
            Party::Tenant(id) => self.resolved.tenant(*id).path(),
            Party::External(id) => format!("external.{}", self.resolved.external(*id).name),
            Party::Host(id) => format!("hosts.{}", self.resolved.host(*id).name),
            Party::Namespace(id) => namespace(id),
            Party::Runtime(id) => match self.resolved.runtime(*id).tenant {
                Some(tenant) => self.resolved.tenant(tenant).path(),
                None => "seldon".to_owned(),
            },
            Party::Lan => "lan".to_owned(),
            Party::Internet => "internet".to_owned(),
            Party::Network(cidr) => cidr.to_string(),
        })
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// The place behind the line `[path]`; `None` where the table has no line of its own.
fn header_end(plan: &str, path: &str) -> Option<usize> {
    let mut at = 0;
    for line in plan.split_inclusive('\n') {
        at += line.len();
        let header = line.split('#').next().unwrap_or_default().trim();
        if header.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) == Some(path)
            && line.ends_with('\n')
        {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::header_end;

    #[test]
    fn a_header_is_found_with_its_comment() {
        let plan = "a = 1\n[tenants.x]  # team\nneeds = []\n[[allow]]\n";
        assert_eq!(&plan[header_end(plan, "tenants.x").unwrap()..], "needs = []\n[[allow]]\n");
        assert_eq!(header_end(plan, "tenants.y"), None);
        assert_eq!(header_end(plan, "allow"), None);
    }
}
