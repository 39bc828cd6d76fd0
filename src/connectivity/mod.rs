//! Who may talk to whom, judged on NetworkPolicies as plain values.
