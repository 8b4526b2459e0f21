//! Checks of the data layer: the default warehouse, the named connections, the models.

use synthbook_agents::models::{ModelState, Models, State};

use super::check::{Check, Finding};
use crate::display::group_digits;
use crate::frames::human_bytes;
use crate::session::{Paths, WAREHOUSE};
use crate::warehouses;

/// The default warehouse, opened for reading.
pub(super) struct DefaultWarehouse;

impl Check for DefaultWarehouse {
    fn name(&self) -> &'static str {
        "warehouse"
    }

    fn is_essential(&self) -> bool {
        false
    }

    fn look(&self) -> Finding {
        let paths = Paths::from_environment();
        let file = paths.warehouse();
        if !file.is_file() {
            return Finding::missing("the retail warehouse is not loaded", "run `synthbook etl run`");
        }
        let tables = warehouses::named_or_place(WAREHOUSE, false, &paths)
            .and_then(|place| warehouses::open(&place, &paths, None))
            .map_err(|error| error.to_string())
            .and_then(|warehouse| warehouse.tables().map_err(|error| error.to_string()));
        match tables {
            Ok(tables) => {
                let size = std::fs::metadata(&file).map_or(0, |facts| facts.len());
                let count = group_digits(tables.len());
                Finding::ok(format!("{}, {count} tables, {}", file.display(), human_bytes(size)))
            }
            Err(reason) => Finding::warning(reason, "close what writes to it, or load it again by `synthbook etl run`"),
        }
    }
}

/// The connections of the configuration file.
pub(super) struct NamedConnections;

impl Check for NamedConnections {
    fn name(&self) -> &'static str {
        "connections"
    }

    fn is_essential(&self) -> bool {
        false
    }

    fn look(&self) -> Finding {
        let paths = Paths::from_environment();
        let file = paths.connections();
        if !file.exists() {
            return Finding::ok(format!("none configured; {} would name them", file.display()));
        }
        match warehouses::all_named(&paths) {
            Ok(all) => {
                let names: Vec<String> = all.into_iter().map(|(name, _)| name).collect();
                Finding::ok(format!("{}: {}", file.display(), names.join(", ")))
            }
            Err(error) => {
                let help = crate::error::help_of(&error).unwrap_or_else(|| format!("mend {}", file.display()));
                Finding::missing(error.to_string(), help)
            }
        }
    }
}

/// ONNX Runtime, which runs the embedding model.
pub(super) struct OnnxRuntime;

impl Check for OnnxRuntime {
    fn name(&self) -> &'static str {
        "onnx runtime"
    }

    fn is_essential(&self) -> bool {
        false
    }

    fn look(&self) -> Finding {
        of_models(|model| model.name == "onnxruntime")
    }
}

/// The models that the set-up fetches.
pub(super) struct DefaultModels;

impl Check for DefaultModels {
    fn name(&self) -> &'static str {
        "models"
    }

    fn is_essential(&self) -> bool {
        false
    }

    fn look(&self) -> Finding {
        of_models(|model| model.default && model.name != "onnxruntime")
    }
}

fn of_models(wanted: fn(&ModelState) -> bool) -> Finding {
    let all = match Models::new(&Paths::from_environment().data).list() {
        Ok(all) => all,
        Err(error) => return Finding::missing(error.to_string(), "run `synthbook models list`"),
    };
    let needed: Vec<&ModelState> = all.iter().filter(|model| wanted(model)).collect();
    let lacking: Vec<&str> =
        needed.iter().filter(|model| model.state != State::Ready).map(|model| model.name.as_str()).collect();
    let names: Vec<&str> = needed.iter().map(|model| model.name.as_str()).collect();
    match (lacking.as_slice(), needed.iter().any(|model| model.state == State::Damaged)) {
        ([], _) => Finding::ok(names.join(", ")),
        (lacking, damaged) => Finding::missing(
            format!("{} {}", lacking.join(", "), if damaged { "is damaged" } else { "is not there" }),
            format!("run `synthbook models pull {}`", lacking.join(" ")),
        ),
    }
}
