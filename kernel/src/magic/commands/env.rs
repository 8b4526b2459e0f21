//! `%env`: shows and sets environment variables.

use crate::error::KernelError;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind, suggest};

/// The magic.
pub(in crate::magic) struct Env;

const SPEC: MagicSpec = MagicSpec {
    name: "env",
    kind: MagicKind::Line,
    summary: "Shows or sets environment variables of commands and of the processes that run cells.",
    arguments: &[
        Argument::optional("NAME", ValueKind::Text, "The variable to show, or NAME=VALUE or NAME VALUE to set one."),
        Argument::optional("VALUE", ValueKind::Rest, "The value to set."),
    ],
    examples: &["%env REGION=north", "%env REGION=north\n%env REGION"],
};

/// Variables with such words in their names are listed without their values.
const SECRET: [&str; 5] = ["KEY", "TOKEN", "SECRET", "PASS", "CREDENTIAL"];

impl Magic for Env {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let Some(name) = arguments.get("NAME") else {
            list(context);
            return Ok(());
        };
        if let Some((key, value)) = name.setting() {
            context.session.set_variable(&key.text, &value.text);
            context.say(&format!("{} is set", key.text));
        } else if let Some(value) = arguments.text("VALUE") {
            context.session.set_variable(&name.text, value.trim_start_matches('=').trim());
            context.say(&format!("{} is set", name.text));
        } else {
            let known = variables(context);
            let Some((_, value)) = known.iter().find(|(known, _)| *known == name.text) else {
                let names: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
                let help = suggest::did_you_mean(&name.text, &names, "variables");
                return Err(
                    KernelError::UnknownName { what: "variable", name: name.text.clone(), help }.at(name.span.clone())
                );
            };
            context.say(value);
        }
        Ok(())
    }
}

fn list(context: &Context<'_>) {
    for (name, value) in variables(context) {
        let secret = SECRET.iter().any(|word| name.to_uppercase().contains(word));
        context.say(&format!("{name}={}", if secret { "<hidden>" } else { &value }));
    }
}

fn variables(context: &Context<'_>) -> Vec<(String, String)> {
    let inherited =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let mut all: std::collections::BTreeMap<String, String> = inherited.collect();
    all.extend(context.session.environment());
    all.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn sets_and_shows() {
        let kernel = TestSession::new();
        assert_eq!(kernel.text("%env SB_A=x y\n%env SB_A").lines().last(), Some("x"));
        assert_eq!(kernel.text("%env SB_A = x y\n%env SB_A").lines().last(), Some("x y"));
        assert_eq!(kernel.text("%env SB_B=\"x y\"\n%env SB_B").lines().last(), Some("x y"));
        let listed = kernel.text("%env SB_TOKEN=abc\n%env");
        assert!(listed.contains("SB_TOKEN=<hidden>") && !listed.contains("abc"));
        assert_eq!(kernel.error("%env SB_NOTHING_LIKE_IT").ename, "magic::unknown_name");
    }
}
