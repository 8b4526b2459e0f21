//! `%config`: shows and changes the session's settings.

use crate::error::KernelError;
use crate::magic::complete::item;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind};
use crate::session::Session;

/// The magic.
pub(in crate::magic) struct Config;

const SPEC: MagicSpec = MagicSpec {
    name: "config",
    kind: MagicKind::Line,
    summary: "Shows or changes the session's settings.",
    arguments: &[
        Argument::optional("NAME", ValueKind::Text, "The setting, as NAME=VALUE or NAME VALUE; none lists them all."),
        Argument::optional("VALUE", ValueKind::Text, "The value to set."),
    ],
    examples: &["%config", "%config display.rows=20", "%config sql.rows 5"],
};

impl Magic for Config {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let Some(word) = arguments.get("NAME") else {
            for (setting, value) in context.session.settings().iter() {
                context.say(&format!("{:16} {value:>5}  {}", setting.name, setting.help));
            }
            return Ok(());
        };
        let (name, value) = match (word.setting(), arguments.get("VALUE")) {
            (Some((name, value)), None) => (name, value),
            (None, Some(value)) => (word.clone(), value.clone()),
            (None, None) => return show(word.text.as_str(), context).map_err(|error| error.at(word.span.clone())),
            (Some(_), Some(extra)) => {
                let error = KernelError::ExtraArgument {
                    magic: SPEC.name.to_owned(),
                    word: extra.text.clone(),
                    usage: arguments.usage(),
                };
                return Err(error.at(extra.span.clone()));
            }
        };
        let changed = context.session.set(&name.text, &value.text);
        changed.map_err(|error| match error {
            KernelError::BadValue { .. } => error.at(value.span.clone()),
            _ => error.at(name.span.clone()),
        })?;
        context.say(&format!("{} is now {}", name.text, value.text));
        Ok(())
    }

    fn complete(&self, call: &Call, cursor: usize, session: &Session) -> Vec<crate::engine::Completion> {
        if call.cell[call.line_span.start..cursor].contains('=') {
            return Vec::new();
        }
        session.settings().iter().map(|(setting, _)| item(setting.name, "property", Some(setting.help))).collect()
    }
}

fn show(name: &str, context: &Context<'_>) -> Result<(), KernelError> {
    let settings = context.session.settings();
    match settings.iter().find(|(setting, _)| setting.name == name) {
        Some((_, value)) => context.say(&value.to_string()),
        // Setting nothing to a wrong name gives the error that names the near ones.
        None => context.session.set(name, "")?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn settings_change_what_is_shown() {
        let kernel = TestSession::with_examples();
        let _ = kernel.text("%config display.rows=4");
        assert_eq!(kernel.text("%show people").matches("\"Oslo\"").count(), 2);
        assert_eq!(kernel.text("%config display.rows"), "4\n");
        assert_eq!(kernel.error("%config display.rows=0").ename, "magic::bad_value");
        assert!(kernel.error("%config display.row 3").traceback.join("").contains("display.rows"));
        assert_eq!(kernel.error("%config nothing").ename, "magic::unknown_name");
    }
}
