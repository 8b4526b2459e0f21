//! `%frames`: lists, drops, renames and recovers frames.

use polars::prelude::df;

use crate::display::{TableOptions, group_digits, table_bundle};
use crate::error::KernelError;
use crate::frames::human_bytes;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind, Word};

/// The magic.
pub(in crate::magic) struct Frames;

const SPEC: MagicSpec = MagicSpec {
    name: "frames",
    kind: MagicKind::Line,
    summary: "Lists the session's frames, drops or renames one, or recovers those of a session that died.",
    arguments: &[
        Argument::optional("--drop", ValueKind::Frame, "Drops a frame."),
        Argument::optional("--rename", ValueKind::Frame, "Renames a frame; --to says how."),
        Argument::optional("--to", ValueKind::NewFrame, "The new name."),
        Argument::optional(
            "--recover",
            ValueKind::OptionalText,
            "Recovers the frames of an ended session, or of all; without a value lists them.",
        ),
    ],
    examples: &["%frames", "%frames --rename people --to persons", "%frames --drop persons", "%frames --recover"],
};

impl Magic for Frames {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let frames = &context.session.frames;
        if let Some(word) = arguments.get("--drop") {
            frames.remove(&word.text).map_err(|error| error.at(word.span.clone()))?;
            context.say(&format!("Dropped {}", word.text));
        }
        if let Some(word) = arguments.get("--rename") {
            let to = arguments.need("--to", call)?;
            frames.rename(&word.text, &to.text).map_err(|error| error.at(word.span.clone()))?;
            context.say(&format!("Renamed {} to {}", word.text, to.text));
        }
        match arguments.get("--recover") {
            Some(word) if word.text.is_empty() => {
                list_ended(context);
                Ok(())
            }
            Some(word) => recover(word, context),
            None if arguments.has("--drop") || arguments.has("--rename") => Ok(()),
            None => list(context),
        }
    }
}

fn list(context: &Context<'_>) -> Result<(), KernelError> {
    let frames = context.session.frames.list();
    let of = |what: fn(&crate::frames::FrameInfo) -> String| frames.iter().map(what).collect::<Vec<String>>();
    let table = df!(
        "frame" => of(|info| info.name.clone()),
        "rows" => frames.iter().map(|info| info.rows as u64).collect::<Vec<u64>>(),
        "columns" => frames.iter().map(|info| info.columns.len() as u64).collect::<Vec<u64>>(),
        "size" => of(|info| human_bytes(info.bytes)),
        "made by" => of(|info| info.created_by.clone()),
    )?;
    if frames.is_empty() {
        context.say("There are no frames yet; %load FILE --as NAME makes one");
        return Ok(());
    }
    context.out.display(table_bundle(&table, &TableOptions { rows: 1000, quotes: false, ..TableOptions::default() }));
    Ok(())
}

fn list_ended(context: &Context<'_>) {
    let ended = context.session.frames.ended_sessions();
    if ended.is_empty() {
        context.say("No session has ended without a clean shutdown; there is nothing to recover");
    }
    for session in ended {
        let title = session.title.map_or_else(String::new, |title| format!(" ({title})"));
        context.say(&format!("{}{title}", session.id));
        for (name, bytes) in session.frames {
            context.say(&format!("    {name}: {}", human_bytes(bytes)));
        }
    }
}

fn recover(word: &Word, context: &Context<'_>) -> Result<(), KernelError> {
    let frames = &context.session.frames;
    let sessions: Vec<String> = if word.text == "all" {
        frames.ended_sessions().into_iter().map(|session| session.id).collect()
    } else {
        vec![word.text.clone()]
    };
    let mut names = Vec::new();
    for session in sessions {
        names.extend(frames.recover(&session).map_err(|error| error.at(word.span.clone()))?);
    }
    let list = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
    let one = names.len() == 1;
    context.say(&format!("Recovered {} {}{list}", group_digits(names.len()), if one { "frame" } else { "frames" }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn lists_drops_and_renames() {
        let kernel = TestSession::with_examples();
        assert!(kernel.text("%frames").contains("people"));
        let _ = kernel.text("%frames --rename people --to persons");
        let _ = kernel.text("%frames --drop persons");
        assert!(kernel.text("%frames").contains("no frames yet"));
        assert_eq!(kernel.error("%frames --drop persons").ename, "frames::unknown");
        assert_eq!(kernel.error("%frames --rename x").ename, "magic::missing_argument");
        assert_eq!(kernel.error("%frames --recover x").ename, "frames::no_session");
        assert_eq!(kernel.text("%frames --recover all"), "Recovered 0 frames\n");
    }
}
