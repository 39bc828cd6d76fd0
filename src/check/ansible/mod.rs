//! Ansible: a profile that exists, variables that a role reads, templates that make what they should.

use super::Check;

mod missing_templates;
mod several_servers;
mod unknown_profile;
mod unreached_tag;
mod unread_variable;
mod unreadable_template;
mod variable_of_other_type;

pub const CHECKS: &[Check] = &[
    missing_templates::CHECK,
    several_servers::CHECK,
    unknown_profile::CHECK,
    unreached_tag::CHECK,
    unread_variable::CHECK,
    unreadable_template::CHECK,
    variable_of_other_type::CHECK,
];
