//! Laws that are known, recovered; conditions against rejection.

use polars::prelude::*;

use super::law::MixtureLaw;
use super::*;
use crate::synthesizer::table::{BLOCK, Given, Law};
use crate::{Draws, Encoded};

/// Rows of three kinds: within a kind, colour, size, shape and a number are independent.
fn three_kinds(rows: usize, seed: u64) -> DataFrame {
    let mut draws = Seed::new(seed).draws();
    let (mut colours, mut sizes, mut shapes, mut numbers) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rows {
        let kind = (draws.uniform() * 3.0) as usize;
        colours.push(["red", "green", "blue"][either(kind, 3, 0.8, &mut draws)]);
        sizes.push(["small", "large"][either(kind % 2, 2, 0.9, &mut draws)]);
        shapes.push((draws.uniform() > 0.1).then_some(["round", "square", "flat"][either(kind, 3, 0.7, &mut draws)]));
        numbers.push((kind as f64) * 4.0 + draws.normal());
    }
    df!("colour" => colours, "size" => sizes, "shape" => shapes, "number" => numbers).unwrap()
}

/// The place itself with this probability, and else any.
fn either(place: usize, places: usize, sure: f64, draws: &mut Draws) -> usize {
    if draws.uniform() < sure { place } else { (draws.uniform() * places as f64) as usize }
}

fn law_of(table: &DataFrame, config: Config) -> (MixtureLaw, Prepared) {
    let metadata = Metadata::detect(table).unwrap();
    let prepared = prepare(table, &metadata, config.pieces, &Progress::silent()).unwrap();
    (Mixture::new(config).law(&prepared, Seed::new(1), &Progress::silent()).unwrap(), prepared)
}

/// The share of each combination of three categories and of whether the number is below 2, below 6 or above.
fn joint_shares(rows: impl Iterator<Item = [usize; 4]>) -> Vec<f64> {
    let mut shares = vec![0.0; 3 * 2 * 4 * 3];
    let mut count = 0.0;
    for [a, b, c, d] in rows {
        shares[((a * 2 + b) * 4 + c) * 3 + d] += 1.0;
        count += 1.0;
    }
    shares.iter().map(|share| share / count).collect()
}

fn apart(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>() / 2.0
}

fn shares_of(table: &DataFrame) -> Vec<f64> {
    let code = |name: &str, among: &[&str]| -> Vec<usize> {
        let column = table.column(name).unwrap().str().unwrap();
        column.iter().map(|value| among.iter().position(|one| Some(*one) == value).unwrap_or(3)).collect()
    };
    let (colours, sizes, shapes) = (
        code("colour", &["red", "green", "blue"]),
        code("size", &["small", "large"]),
        code("shape", &["round", "square", "flat"]),
    );
    let numbers = table.column("number").unwrap().f64().unwrap();
    let third = |number: Option<f64>| usize::from(number.unwrap() > 2.0) + usize::from(number.unwrap() > 6.0);
    joint_shares((0..table.height()).map(|row| [colours[row], sizes[row], shapes[row], third(numbers.get(row))]))
}

#[test]
fn the_joint_law_of_a_known_mixture_is_recovered() {
    let table = three_kinds(6000, 1);
    let model =
        Mixture::default().fit(&table, &Metadata::detect(&table).unwrap(), Seed::new(1), &Progress::silent()).unwrap();
    let made = model.sample(&crate::SampleRequest::rows(60_000), Seed::new(2), &Progress::silent()).unwrap();
    let truth = shares_of(&three_kinds(200_000, 2));
    let learned = apart(&shares_of(&made), &truth);
    assert!(learned < 0.035, "{learned}");
}

fn blocks(law: &MixtureLaw, given: &Given, many: u64) -> Vec<Vec<Encoded>> {
    (0..many).map(|block| law.draw(given, Seed::new(9).numbered(block))).collect()
}

#[test]
fn a_condition_gives_what_rejection_gives() {
    let (law, prepared) = law_of(&three_kinds(3000, 3), Config { components: Some(12), ..Config::default() });
    let numbers = prepared.transforms[3].masses().len();
    let mut given = Given { allowed: vec![None; 4] };
    given.allowed[0] = Some(vec![true, false, true, false]);
    given.allowed[2] = Some(vec![true, false, false, true]);
    given.allowed[3] = Some((0..=numbers).map(|piece| piece < numbers / 3 || piece % 5 == 0).collect());
    let may = |block: &[Encoded], row: usize| {
        (0..4).all(|column| {
            let Some(allowed) = given.of(column) else { return true };
            let piece = block[column].pieces[row];
            if piece == Encoded::MISSING { allowed[allowed.len() - 1] } else { allowed[piece as usize] }
        })
    };
    let code = |block: &[Encoded], row: usize| {
        let piece = |column: usize| block[column].pieces[row];
        let shape = if piece(2) == Encoded::MISSING { 3 } else { piece(2) as usize };
        [piece(0) as usize, piece(1) as usize, shape, (piece(3) as usize * 3 / numbers).min(2)]
    };
    let bound = blocks(&law, &given, 20);
    assert!(bound.iter().all(|block| (0..BLOCK).all(|row| may(block, row))));
    let free = blocks(&law, &Given::default(), 80);
    let of = |blocks: &[Vec<Encoded>]| {
        let rows = blocks.iter().flat_map(|block| (0..BLOCK).map(move |row| (block, row)));
        joint_shares(rows.filter(|(block, row)| may(block, *row)).map(|(block, row)| code(block, row)))
    };
    let (exact, rejected) = (of(&bound), of(&free));
    assert!(apart(&exact, &rejected) < 0.02, "{}", apart(&exact, &rejected));
    given.allowed[1] = Some(vec![false; 3]);
    assert!(law.draw(&given, Seed::new(1)).iter().all(|column| column.pieces.is_empty()));
}

#[test]
fn margins_are_those_of_the_rows() {
    let table = three_kinds(2500, 6);
    let (law, prepared) = law_of(&table, Config::default());
    let drawn = blocks(&law, &Given::default(), 40);
    for (at, transform) in prepared.transforms.iter().enumerate() {
        let pieces = transform.masses().len();
        let mut shares = vec![0.0; pieces + 1];
        for &piece in drawn.iter().flat_map(|block| &block[at].pieces) {
            shares[(piece as usize).min(pieces)] += 1.0 / (40.0 * BLOCK as f64);
        }
        let present = 1.0 - transform.missing_rate();
        let mut wanted: Vec<f64> = transform.masses().iter().map(|mass| mass * present).collect();
        wanted.push(transform.missing_rate());
        let tolerance = 0.6 * (wanted.len() as f64 / (40.0 * BLOCK as f64)).sqrt();
        assert!(apart(&shares, &wanted) < tolerance, "{at} {} {tolerance}", apart(&shares, &wanted));
    }
}

#[test]
fn few_rows_are_smoothed_not_copied() {
    let table = three_kinds(60, 7);
    let (law, prepared) = law_of(&table, Config::default());
    let numbers = &prepared.encoded[3];
    let block = law.draw(&Given::default(), Seed::new(1));
    let same = (0..BLOCK).filter(|&row| {
        (0..60).any(|real| {
            (0..3).all(|column| block[column].pieces[row] == prepared.encoded[column].pieces[real])
                && (block[3].positions[row] - numbers.positions[real]).abs() < 1e-3
                && block[3].pieces[row] == numbers.pieces[real]
        })
    });
    assert!(same.count() < BLOCK / 100);
}
