//! A service takes its address from a pool that is for its namespace.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::resolve::{NamespaceId, PoolId};
use crate::source::Span;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4520",
    name: "pool-not-for-namespace",
    level: Level::Error,
    summary: "the pool of a service is open to its namespace",
    explanation: "MetalLB gives an address of a pool with `serviceAllocation.namespaces` to Services of these namespaces \
                  only, also when it is pinned: the Service stays `<pending>` with \"pool not compatible for ip \
                  assignment\" (internal/allocator).",
    fails: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nnamespaces = [\"web\"]\n\n[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n\n[services.api]\nnamespace = \"api\"\nselector = { app = \"api\" }\nports = { http = \"80\" }\n",
    passes: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nnamespaces = [\"web\", \"api\"]\n\n[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n\n[services.api]\nnamespace = \"api\"\nselector = { app = \"api\" }\nports = { http = \"80\" }\n",
    covers: &["SV006"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let mut judge = |pool: PoolId, namespace: NamespaceId, span: Span, path: String| {
        let pool = resolved.pool(pool);
        let namespace = resolved.namespace(namespace).name.as_str();
        let Some(allowed) = pool.allowed_namespaces() else { return };
        if allowed.iter().any(|(name, _)| name == namespace) {
            return;
        }
        let whole = pool.written.namespaces.as_ref().map(|list| list.span);
        let first = allowed.first().map(|(_, span)| *span);
        let message = format!("`{path}` is in `{namespace}`, and the pool `{}` is not for it", pool.name);
        let finding = Diagnostic::new(&RULE, span, message)
            .here(format!("takes an address of `{}`", pool.name))
            .label(whole.or(first).unwrap_or(pool.span), "the namespaces of the pool")
            .help(format!("add \"{namespace}\" to `pools.{}.namespaces`, or name another `pool`", pool.name))
            .on(path);
        found.push(finding);
    };
    for service in &resolved.services {
        if let Some(pool) = service.pool {
            judge(pool, service.namespace, service.span, service.path());
        }
    }
    for runtime in &resolved.runtimes {
        if let Some(pool) = runtime.pool {
            judge(pool, runtime.namespace, runtime.span, runtime.path(resolved));
        }
    }
}
