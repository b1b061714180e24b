//! Paillasse: a broken machine, a ticket, real shells, and the truth about the result.
//!
//! Data flows one way, and imports point the same way (see `ARCHITECTURE.md`):
//! [`lab`] → [`stand`] → [`agent`] → [`probe`] → [`verdict`] → [`session`] → record → screens.

pub mod address;
pub mod agent;
pub mod app;
pub mod cli;
pub mod doctor;
pub mod dossier;
pub mod i18n;
pub mod lab;
pub mod pane;
pub mod paths;
pub mod probe;
pub mod prove;
pub mod record;
pub mod referential;
pub mod report;
pub mod session;
pub mod settings;
pub mod shot;
pub mod stand;
pub mod ui;
pub mod units;
pub mod verdict;
