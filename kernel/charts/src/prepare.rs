//! From a frame and a spec to a chart that is ready to draw.

use polars::prelude::DataFrame;

use crate::column::{self, ColumnKind};
use crate::error::{ChartError, Result, did_you_mean};
use crate::format::clean;
use crate::kind::{Channel, ChannelInfo, ChartKind};
use crate::prepared::PreparedChart;
use crate::spec::ChartSpec;
use crate::{recommend, registry};

/// Completes the spec, checks it, and aggregates the frame into a chart.
///
/// # Errors
/// Every [`ChartError`]: a name that does not exist, a column of the wrong type, a frame without rows or values.
pub fn prepare(frame: &DataFrame, spec: &ChartSpec) -> Result<PreparedChart> {
    let spec = recommend::complete(frame, spec)?;
    let kind = registry::find(spec.kind.as_deref().unwrap_or_default())?;
    check_options(kind, &spec)?;
    let mut chart = kind.prepare(frame, &spec)?;
    if let Some(title) = &spec.title {
        chart.title = clean(title);
    }
    chart.width = size(&spec, "width", chart.width)?;
    chart.height = size(&spec, "height", chart.height)?;
    Ok(chart)
}

/// Checks that the columns named in a spec exist and fit the chart kind, before others are chosen for it.
pub(crate) fn check_channels(kind: &dyn ChartKind, frame: &DataFrame, spec: &ChartSpec) -> Result<()> {
    for channel in Channel::ALL {
        let Some(name) = channel.of(spec) else {
            continue;
        };
        let column = column::find(frame, name)?;
        let info = kind.channels().iter().find(|info| info.channel == channel);
        let info = info.ok_or_else(|| ChartError::UnusedChannel {
            kind: kind.name(),
            channel: channel.name(),
            help: takes(kind),
        })?;
        let found = ColumnKind::of(column.dtype());
        if !found.is_some_and(|found| info.accepts.contains(&found)) {
            return Err(ChartError::WrongType {
                kind: kind.name(),
                channel: channel.name(),
                found: found
                    .map_or_else(|| format!("a column of {}", column.dtype()), |found| found.plural().to_owned()),
                column: name.to_owned(),
                help: format!("{} takes {}", channel.name(), accepts(info)),
            });
        }
    }
    Ok(())
}

/// Checks that every required channel has a column.
pub(crate) fn check_complete(kind: &dyn ChartKind, spec: &ChartSpec) -> Result<()> {
    let missing = kind.channels().iter().find(|info| info.required && info.channel.of(spec).is_none());
    missing.map_or(Ok(()), |info| {
        Err(ChartError::MissingChannel {
            kind: kind.name(),
            channel: info.channel.name(),
            help: format!("no other column fits: {} takes {}", info.channel.name(), accepts(info)),
        })
    })
}

fn check_options(kind: &dyn ChartKind, spec: &ChartSpec) -> Result<()> {
    let known = || kind.options().iter().chain(registry::common_options()).map(|option| option.name);
    let unknown = spec.options.keys().find(|name| !known().any(|option| option == name.as_str()));
    unknown.map_or(Ok(()), |option| {
        let channels = Channel::ALL.into_iter().map(Channel::name).chain(["title"]);
        Err(ChartError::UnknownOption {
            kind: kind.name(),
            option: option.clone(),
            help: did_you_mean("it takes", option, channels.chain(known())),
        })
    })
}

/// The kinds a channel accepts, as in `categories, numbers or dates`.
fn accepts(info: &ChannelInfo) -> String {
    let words: Vec<&str> = info.accepts.iter().map(|kind| kind.plural()).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

fn takes(kind: &dyn ChartKind) -> String {
    let channels: Vec<&str> = kind.channels().iter().map(|info| info.channel.name()).collect();
    format!("it takes {}; for both axes try a scatter or line chart", channels.join(", "))
}

fn size(spec: &ChartSpec, name: &str, default: u32) -> Result<u32> {
    number_option(spec, name, 100, 4000).map(|size| size.unwrap_or(default))
}

/// The value of an option that is a whole number from `least` to `most`.
pub(crate) fn number_option(spec: &ChartSpec, name: &str, least: u32, most: u32) -> Result<Option<u32>> {
    let Some(value) = spec.options.get(name) else {
        return Ok(None);
    };
    let number = value.trim().parse().ok().filter(|number| (least..=most).contains(number));
    number.map(Some).ok_or_else(|| ChartError::InvalidOption {
        option: name.to_owned(),
        value: value.clone(),
        help: format!("{name} is a whole number from {least} to {most}"),
    })
}
