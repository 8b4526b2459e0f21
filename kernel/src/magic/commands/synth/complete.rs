//! Completion of `%synth`: models, frames, methods, their settings and the settings' words.

use synthbook_synth::{Setting, SettingKind, augmenters, synthesizers};

use super::NAMES;
use crate::catalogue::DEFAULT_METHOD;
use crate::engine::Completion;
use crate::magic::Call;
use crate::magic::complete::{frames, item};
use crate::session::Session;

/// What may stand at the cursor, beyond what the arguments' kinds say.
pub(super) fn items(call: &Call, cursor: usize, session: &Session) -> Vec<Completion> {
    if cursor > call.line_span.end && call.body.is_some() {
        return in_body(call, cursor);
    }
    let line = &call.cell[call.line_span.start..cursor];
    let mut words: Vec<&str> = line.split_whitespace().collect();
    let typed = if line.ends_with(char::is_whitespace) { "" } else { words.pop().unwrap_or("") };
    let Some(action) = words.first().copied() else { return Vec::new() };
    let models = || -> Vec<Completion> {
        session.model_names().iter().map(|name| item(name, "instance", Some("model"))).collect()
    };
    if matches!(words.last(), Some(&("--method" | "-m"))) {
        return methods(action);
    }
    if words.last() == Some(&"--target") {
        return columns(&words, session);
    }
    if let Some((key, _)) = typed.split_once('=').filter(|(key, _)| !key.starts_with('-')) {
        let setting = settings(action, &words).iter().find(|setting| setting.name == key);
        return setting.map_or_else(Vec::new, choices);
    }
    if typed.starts_with('-') {
        return Vec::new();
    }
    match (action, words.len()) {
        ("fit" | "augment" | "rules" | "metadata", 1) | ("impute", 2) => frames(session),
        ("sample" | "save" | "impute", 1) => models(),
        ("package", 1) => {
            let mut items = models();
            items.extend(frames(session));
            items
        }
        ("fit" | "augment", _) if !typed.is_empty() => settings(action, &words)
            .iter()
            .filter(|setting| setting.name.starts_with(typed))
            .map(|setting| item(&format!("{}=", setting.name), "property", Some(setting.about)))
            .collect(),
        _ => Vec::new(),
    }
}

fn methods(action: &str) -> Vec<Completion> {
    if action == "augment" {
        return augmenters().iter().map(|one| item(one.name(), "keyword", Some(one.about()))).collect();
    }
    synthesizers().iter().map(|one| item(one.name(), "keyword", Some(one.about()))).collect()
}

/// The settings of the method that the line names.
fn settings(action: &str, words: &[&str]) -> &'static [Setting] {
    let named = words.windows(2).find(|pair| matches!(pair[0], "--method" | "-m")).map(|pair| pair[1]);
    if action == "augment" {
        let all = augmenters();
        return all.iter().find(|one| Some(one.name()) == named).map_or(&[], |one| one.settings());
    }
    let all = synthesizers();
    all.iter().find(|one| one.name() == named.unwrap_or(DEFAULT_METHOD)).map_or(&[], |one| one.settings())
}

fn choices(setting: &Setting) -> Vec<Completion> {
    match setting.kind {
        SettingKind::Choice(words) => words.iter().map(|word| item(word, "keyword", None)).collect(),
        SettingKind::NumberOrAuto { .. } => vec![item("auto", "keyword", None)],
        _ => Vec::new(),
    }
}

/// The columns of the first frame that the line names, `--real` included.
fn columns(words: &[&str], session: &Session) -> Vec<Completion> {
    let info = words.iter().find_map(|word| session.frames.info(word).ok());
    let columns = info.map_or_else(Vec::new, |info| info.columns);
    columns.iter().map(|(name, kind)| item(name, "field", Some(&kind.to_string()))).collect()
}

/// Keys of the TOML body: arguments above `[settings]`, settings below it.
fn in_body(call: &Call, cursor: usize) -> Vec<Completion> {
    let body = &call.cell[call.body_span.start.min(cursor)..cursor];
    let words: Vec<&str> = call.line.split_whitespace().collect();
    let action = words.first().copied().filter(|word| NAMES.contains(word)).unwrap_or("fit");
    if body.rsplit('\n').next().is_some_and(|line| line.contains('=')) {
        return Vec::new();
    }
    if body.contains("[settings]") {
        let method = body.lines().find_map(|line| line.trim().strip_prefix("method")?.split('"').nth(1));
        let named = method.map_or_else(|| words.clone(), |method| vec!["--method", method]);
        let known = settings(action, &named).iter();
        return known.map(|setting| item(setting.name, "property", Some(setting.about))).collect();
    }
    let flags = super::SPEC.arguments.iter().filter(|argument| argument.name.starts_with("--"));
    flags
        .filter_map(|argument| {
            let name = argument.name.split('|').next()?.trim_start_matches('-').replace('-', "_");
            Some(item(&name, "property", Some(argument.help)))
        })
        .collect()
}
