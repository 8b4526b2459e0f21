//! `synthbook chart`: a chart of a table, into a file.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde_json::{Value, json};
use synthbook_charts::{ChartSpec, PreparedChart, prepare, svg, text, vega_lite};

use super::error::CliError;
use super::{Subcommand, data, output};
use crate::display::escape_html;

/// Draws a chart.
pub(super) struct Chart;

const ENDINGS: &str = ".svg, .json (Vega-Lite 5), .html or .txt";

#[derive(Debug, Args)]
struct Arguments {
    /// The table: CSV, Parquet, Arrow IPC or JSON lines.
    #[arg(value_name = "DATA")]
    data: PathBuf,
    /// The kind of chart; one that fits the columns is chosen when it is not named.
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// The column along the horizontal axis.
    #[arg(long, value_name = "COLUMN")]
    x: Option<String>,
    /// The column along the vertical axis.
    #[arg(long, value_name = "COLUMN")]
    y: Option<String>,
    /// The column that colours the marks.
    #[arg(long, value_name = "COLUMN")]
    color: Option<String>,
    /// The title.
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// An option of the chart, such as `bins=20`.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = data::setting)]
    settings: Vec<(String, String)>,
    /// The file to write: .svg, .json, .html or .txt.
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// Say what was drawn as one JSON document.
    #[arg(long)]
    json: bool,
}

impl Subcommand for Chart {
    fn command(&self) -> Command {
        Arguments::augment_args(Command::new("chart").about("Draw a chart of a table"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let render = renderer(&arguments.out)?;
        let frame = data::read(&arguments.data, arguments.json)?;
        let chart = prepare(&frame, &spec(&arguments)?).map_err(CliError::foreign)?;
        std::fs::write(&arguments.out, render(&chart)).map_err(CliError::file("write", &arguments.out))?;
        if arguments.json {
            output::json(&json!({ "file": arguments.out, "title": chart.title, "kind": chart.kind }))?;
        } else {
            output::text(&format!("{} written to {}", chart.title, arguments.out.display()))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn spec(arguments: &Arguments) -> Result<ChartSpec, CliError> {
    let mut spec = ChartSpec {
        kind: arguments.kind.clone(),
        x: arguments.x.clone(),
        y: arguments.y.clone(),
        color: arguments.color.clone(),
        title: arguments.title.clone(),
        ..ChartSpec::default()
    };
    for (key, value) in &arguments.settings {
        spec.set(key, value).map_err(CliError::foreign)?;
    }
    Ok(spec)
}

/// What writes the format that a file's ending names.
fn renderer(file: &Path) -> Result<fn(&PreparedChart) -> String, CliError> {
    let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("svg") => Ok(svg),
        Some("json") => Ok(|chart| format!("{:#}\n", vega_lite(chart))),
        Some("html") => Ok(page),
        Some("txt") => Ok(text),
        _ => Err(CliError::UnknownEnding { path: file.to_owned(), known: ENDINGS }),
    }
}

/// A page that needs nothing from anywhere: the drawing, with the chart as data beside it.
fn page(chart: &PreparedChart) -> String {
    let title = escape_html(&chart.title);
    let data = script_safe(&vega_lite(chart));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body>\n{}\n\
         <script type=\"application/vnd.vegalite.v5+json\">{data}</script>\n</body>\n</html>\n",
        svg(chart)
    )
}

/// JSON that can't end the script element it stands in.
fn script_safe(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_decides_and_an_unknown_one_is_wrong_usage() {
        for name in ["a.svg", "a.SVG", "a.json", "a.html", "a.txt"] {
            assert!(renderer(Path::new(name)).is_ok(), "{name}");
        }
        let error = renderer(Path::new("a.png")).unwrap_err();
        assert_eq!(error.status(), 2);
        assert_eq!(error.to_string(), "Can't tell what to write from the file's ending: a.png");
    }

    #[test]
    fn data_can_not_leave_the_script_element() {
        assert_eq!(script_safe(&json!({"a": "</script>"})), r#"{"a":"\u003c/script>"}"#);
    }
}
