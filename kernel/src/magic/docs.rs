//! The page `docs/magics.md`, made from the registry.

use std::fmt::Write as _;

use super::arguments::form;
use super::help::usages;
use super::{MagicSpec, ValueKind, registry};

const HEAD: &str = "\
# Magics

This page is generated from the registry by `synthbook docs`; do not edit it.

A cell is Rust unless its first line is a cell magic (`%%name`). Lines that begin with `%name` where a Rust statement
may begin are line magics, `!command` runs a shell command, and a cell that is nothing but `name?` asks for help.
Values are quoted as in a shell. A line that goes on with Rust's remainder operator stays Rust: write `% name` with a
space.

";

/// The page as Markdown.
#[must_use]
pub fn docs() -> String {
    let mut text = HEAD.to_owned();
    text.push_str("| magic | |\n| --- | --- |\n");
    for magic in registry::all() {
        let spec = magic.spec();
        let _ = writeln!(text, "| [{}](#{}) | {} |", title(&spec), anchor(&spec), spec.summary);
    }
    for magic in registry::all() {
        section(&mut text, &magic.spec());
    }
    text
}

fn section(text: &mut String, spec: &MagicSpec) {
    let _ = write!(text, "\n<a id=\"{}\"></a>\n\n## {}\n\n{}\n\n", anchor(spec), title(spec), spec.summary);
    let _ = write!(text, "```text\n{}\n```\n", usages(spec).join("\n"));
    if !spec.arguments.is_empty() {
        text.push_str("\n| argument | |\n| --- | --- |\n");
        for argument in spec.arguments {
            let choices = match argument.kind {
                ValueKind::Choice(choices) => format!(" One of {}.", choices.join(", ")),
                _ => String::new(),
            };
            let _ = writeln!(text, "| `{}` | {}{choices} |", form(argument), argument.help);
        }
    }
    if !spec.examples.is_empty() {
        let _ = write!(text, "\n```text\n{}\n```\n", spec.examples.join("\n\n"));
    }
}

fn title(spec: &MagicSpec) -> String {
    match spec.name {
        "!" => "`!command`".to_owned(),
        name if spec.kind.on_line() => format!("`%{name}`"),
        name => format!("`%%{name}`"),
    }
}

fn anchor(spec: &MagicSpec) -> &'static str {
    if spec.name == "!" { "command" } else { spec.name }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{Arguments, Part, arguments, help, parse};
    use super::*;
    use crate::testing::TestSession;

    #[test]
    fn every_example_of_every_magic_runs() {
        for magic in registry::all() {
            let spec = magic.spec();
            assert!(!spec.examples.is_empty(), "%{} has no example", spec.name);
            let kernel = TestSession::with_examples();
            for example in spec.examples {
                let (collector, result) = kernel.run(example);
                if let Err(error) = result {
                    panic!("{example}\n{}\n{}", error.traceback.join("\n"), collector.text());
                }
            }
        }
    }

    #[test]
    fn the_registry_is_in_order() {
        let mut names = BTreeSet::new();
        for magic in registry::all() {
            let spec = magic.spec();
            assert!(names.insert(spec.name), "{} twice", spec.name);
            assert!(spec.summary.ends_with('.'), "%{}: {}", spec.name, spec.summary);
            let mut seen = BTreeSet::new();
            for argument in spec.arguments {
                assert!(argument.help.ends_with('.'), "%{} {}", spec.name, argument.name);
                assert!(seen.insert(argument.name), "%{} {} twice", spec.name, argument.name);
                assert!(!argument.required || arguments::is_positional(argument), "%{}: a flag is optional", spec.name);
            }
            for example in spec.examples {
                for part in parse(example).unwrap() {
                    if let Part::Magic(call) = part
                        && call.name == spec.name
                    {
                        Arguments::parse(spec, &call).unwrap();
                    }
                }
            }
        }
    }

    #[test]
    fn help_pages() {
        let pages: Vec<String> = registry::all().iter().map(|magic| help::page(&magic.spec())).collect();
        insta::assert_snapshot!("help_pages", pages.join("\n────────\n\n"));
    }

    #[test]
    fn the_page_names_every_magic() {
        let page = docs();
        for magic in registry::all() {
            assert!(page.contains(&format!("## {}", title(&magic.spec()))));
        }
    }
}
