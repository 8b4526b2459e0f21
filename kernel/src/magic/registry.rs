//! The registry: one line for each magic.

use super::{Magic, commands};

static ALL: &[&dyn Magic] = &[
    &commands::load::Load,
    &commands::save::Save,
    &commands::frames::Frames,
    &commands::show::Show,
    &commands::describe::Describe,
    &commands::sql::Sql,
    &commands::connect::Connect,
    &commands::sqlcmd::SqlCmd,
    &commands::etl::Etl,
    &commands::ask::Ask,
    &commands::agent::Agent,
    &commands::index::Index,
    &commands::search::Search,
    &commands::chart::Chart,
    &commands::synth::Synth,
    &commands::prelude::Use,
    &commands::lsmagic::LsMagic,
    &commands::help::Help,
    &commands::time::Time,
    &commands::env::Env,
    &commands::cd::Cd,
    &commands::pwd::Pwd,
    &commands::who::Who,
    &commands::whos::Whos,
    &commands::reset::Reset,
    &commands::history::History,
    &commands::config::Config,
    &commands::shell::Shell,
    &commands::bash::Bash,
    &commands::sh::Sh,
    &commands::writefile::WriteFile,
    &commands::doc::Doc,
    &commands::load_ext::LoadExt,
];

/// Every magic, in the order of the help pages.
#[must_use]
pub fn all() -> &'static [&'static dyn Magic] {
    ALL
}

/// The magic of a name.
///
/// ```
/// assert_eq!(synthbook_kernel::magic::find("load").unwrap().spec().name, "load");
/// assert!(synthbook_kernel::magic::find("no such magic").is_none());
/// ```
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Magic> {
    ALL.iter().copied().find(|magic| magic.spec().name == name)
}
