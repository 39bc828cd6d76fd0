//! Stages: every word is a script, nothing comes too early, and no point of no return is passed by itself.

use super::Check;

mod before_its_controller;
mod cannot_be_saved;
mod check_of_nothing;
mod done_on_one_of_several;
mod duplicate_stage;
mod irreversible_without_hold;
mod migration_longer_than_window;
mod missing_check_templates;
mod names_before_services;
mod needs_later_data;
mod networks_change_without_hold;
mod restored_before_saved;
mod risk_of_nothing;
mod stage_longer_than_window;
mod stage_waits_for_later;
mod two_clusters_write;
mod unknown_check;
mod unreadable_check;
mod window_without_start;

pub const CHECKS: &[Check] = &[
    unknown_check::CHECK,
    cannot_be_saved::CHECK,
    check_of_nothing::CHECK,
    done_on_one_of_several::CHECK,
    stage_waits_for_later::CHECK,
    duplicate_stage::CHECK,
    before_its_controller::CHECK,
    needs_later_data::CHECK,
    names_before_services::CHECK,
    restored_before_saved::CHECK,
    irreversible_without_hold::CHECK,
    networks_change_without_hold::CHECK,
    two_clusters_write::CHECK,
    unreadable_check::CHECK,
    missing_check_templates::CHECK,
    stage_longer_than_window::CHECK,
    migration_longer_than_window::CHECK,
    window_without_start::CHECK,
    risk_of_nothing::CHECK,
];
