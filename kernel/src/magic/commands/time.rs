//! `%time` and `%%time`: how long code takes.

use std::time::{Duration, Instant};

use crate::error::KernelError;
use crate::magic::run::run_inside;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind};

/// The magic.
pub(in crate::magic) struct Time;

const SPEC: MagicSpec = MagicSpec {
    name: "time",
    kind: MagicKind::Both,
    summary: "Runs code, Rust or magics, and prints how long it took.",
    arguments: &[Argument::optional("CODE", ValueKind::Rest, "The code; over a cell, the cell.")],
    examples: &["%time %describe people", "%%time\nlet a = 1;\n%frames"],
};

impl Magic for Time {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let started = Instant::now();
        let result = if let Some(body) = &call.body {
            run_inside(&call.cell, call.body_span.start, body, context)
        } else {
            let arguments = Arguments::parse_rest(SPEC, call)?;
            let code = arguments.need("CODE", call)?;
            run_inside(&call.cell, code.span.start, &code.text, context)
        };
        context.say(&format!("Wall time: {}", words(started.elapsed())));
        result
    }
}

fn words(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds >= 60.0 {
        format!("{} min {:.1} s", (seconds / 60.0).floor(), seconds % 60.0)
    } else if seconds >= 1.0 {
        format!("{seconds:.2} s")
    } else if seconds >= 1e-3 {
        format!("{:.2} ms", seconds * 1e3)
    } else {
        format!("{:.1} µs", seconds * 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestSession;

    #[test]
    fn times_rust_and_magics_and_points_into_the_cell() {
        let kernel = TestSession::with_examples();
        assert!(kernel.text("%time 1 + 1").starts_with("1 + 1\nWall time: "));
        assert!(kernel.text("%%time\nlet a = 1;\na").contains("Wall time: "));
        assert_eq!(kernel.language.log().last().unwrap(), "execute@1 let a = 1;\na");
        let error = kernel.error("%%time\n%show poeple");
        assert!(error.traceback.join("\n").contains("In [1]:2:7"), "{}", error.traceback.join("\n"));
        let error = kernel.error("let a = 1;\n%time %show poeple");
        assert!(error.traceback.join("\n").contains("In [1]:2:13"), "{}", error.traceback.join("\n"));
        assert_eq!(kernel.text("%%time\n%%bash\necho nested").lines().next(), Some("nested"));
    }

    #[test]
    fn times_in_words() {
        assert_eq!(words(Duration::from_micros(12)), "12.0 µs");
        assert_eq!(words(Duration::from_millis(12)), "12.00 ms");
        assert_eq!(words(Duration::from_secs(61)), "1 min 1.0 s");
    }
}
