//! Every chart kind of the registry: its examples run, its help is whole.

use std::collections::BTreeSet;

use super::{chart, drawn, people};
use crate::{Channel, ChartSpec, find, kinds, prepare};

#[test]
fn every_example_of_every_kind_is_drawn() {
    let frame = people();
    for kind in kinds() {
        assert!(!kind.examples().is_empty(), "{}", kind.name());
        for example in kind.examples() {
            let spec = ChartSpec::from_words(example.words).unwrap();
            assert_eq!(spec.kind.as_deref(), Some(kind.name()));
            let chart = prepare(&frame, &spec).unwrap_or_else(|error| panic!("{:?}: {error}", example.words));
            assert_eq!(chart.kind, kind.name());
            drawn(&chart);
        }
    }
}

#[test]
fn every_kind_says_what_it_takes() {
    let mut names = BTreeSet::new();
    for kind in kinds() {
        for name in kind.aliases().iter().chain([&kind.name()]) {
            assert!(names.insert(*name), "{name} is taken");
            assert_eq!(find(name).unwrap().name(), kind.name());
        }
        assert!(kind.summary().ends_with('.'));
        assert!(kind.channels().iter().any(|info| info.channel == Channel::X && info.required));
        for info in kind.channels() {
            assert!(info.summary.ends_with('.') && !info.accepts.is_empty());
        }
        for option in kind.options() {
            assert!(option.summary.ends_with('.'));
        }
        assert!(kind.examples().iter().all(|example| example.says.ends_with('.')));
    }
    let sorted: Vec<_> = kinds().iter().map(|kind| kind.name()).collect();
    assert!(sorted.is_sorted());
}

#[test]
fn every_kind_chooses_its_own_columns() {
    let frame = people();
    for kind in kinds() {
        let chart = chart(&frame, kind.name());
        assert_eq!(chart.kind, kind.name());
        drawn(&chart);
    }
}

#[test]
fn the_same_frame_gives_the_same_chart() {
    let frame = people();
    for kind in kinds() {
        let words = format!("{} color=education", kind.name());
        assert_eq!(chart(&frame, &words), chart(&frame, &words));
    }
}
