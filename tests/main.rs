//! What a user sees of `plan`, one subject a module; the folders beside them hold cases.

mod compiled;
mod desk;

mod acceptance;
mod ansible;
mod architecture;
mod calico;
mod cli;
mod cli_faults;
mod connectivity_article;
mod connectivity_oracle;
mod connectivity_scale;
mod determinism;
mod findings;
mod fix;
mod formats;
mod fuzz;
mod generated;
mod gitops;
mod metallb;
mod mutations;
mod proof;
mod readme;
mod rules;
mod runbook;
mod scale;
mod seldon;
mod services;
mod tree_faults;
mod yaml_printer;
