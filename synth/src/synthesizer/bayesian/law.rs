//! The fitted Bayesian network: what each column draws from, given the columns before it.

use super::chain::Chain;
use super::grouping::Grouping;
use super::structure::{Fine, Node, Parent, Structure};
use crate::synthesizer::table::{Given, Law, Outcomes, Sequential, complete_rows, draw_rows, pick};
use crate::{Draws, Encoded, FittedTransform, Section, Seed, SynthError};

/// A fitted Bayesian network.
#[derive(Debug)]
pub(super) struct NetworkLaw {
    groupings: Vec<Grouping>,
    structure: Structure,
    /// What the groupings were made with: the number of rows and about how many groups.
    made_with: (usize, usize),
}

/// The groups of each column.
pub(super) fn groupings(transforms: &[Box<dyn FittedTransform>], rows: usize, groups: usize) -> Vec<Grouping> {
    let outcomes = transforms.iter().map(|transform| (Outcomes::of(transform.as_ref()), transform.ordered()));
    outcomes.map(|(outcomes, ordered)| Grouping::new(&outcomes, ordered, rows, groups)).collect()
}

impl NetworkLaw {
    pub(super) fn new(groupings: Vec<Grouping>, structure: Structure, made_with: (usize, usize)) -> Self {
        Self { groupings, structure, made_with }
    }

    /// The law in a section, or none when its parts don't fit together.
    pub(super) fn load(part: &mut Section<'_>, transforms: &[Box<dyn FittedTransform>]) -> Option<Box<dyn Law>> {
        let made_with: (usize, usize) = part.get("made_with").filter(|(_, groups)| *groups > 0)?;
        let groupings = groupings(transforms, made_with.0, made_with.1);
        let order: Vec<usize> = part.get("order")?;
        let mut place = vec![None; transforms.len()];
        for (at, &column) in order.iter().enumerate() {
            place.get_mut(column)?.replace(at);
        }
        if order.len() != transforms.len() || place.contains(&None) {
            return None;
        }
        let nodes = (0..transforms.len()).map(|column| {
            let sizes = |parents: &[Parent]| -> Option<Vec<usize>> {
                let before = |parent: &Parent| place.get(parent.column).is_some_and(|at| *at < place[column]);
                parents.iter().map(|parent| before(parent).then(|| parent.size(&groupings))).collect()
            };
            let grouping = &groupings[column];
            let parents: Vec<Parent> = part.get(&format!("parents.{column}"))?;
            let coarse = load_chain(part, &format!("coarse.{column}"), sizes(&parents)?, grouping.coarse())?;
            if grouping.most_within() == 1 {
                return Some(Node { parents, coarse, fine: None });
            }
            let fine_parents: Vec<Parent> = part.get(&format!("fine_parents.{column}"))?;
            let conditions = std::iter::once(grouping.coarse()).chain(sizes(&fine_parents)?).collect();
            let chain = load_chain(part, &format!("fine.{column}"), conditions, grouping.most_within())?;
            Some(Node { parents, coarse, fine: Some(Fine { parents: fine_parents, chain }) })
        });
        let nodes = nodes.collect::<Option<Vec<_>>>()?;
        Some(Box::new(Self { groupings, structure: Structure { order, nodes }, made_with }))
    }

    fn coarse_chances(&self, column: usize, row: &[u32]) -> &[f64] {
        let node = &self.structure.nodes[column];
        node.coarse.chances(self.groups(&node.parents, row))
    }

    fn groups<'a>(&'a self, parents: &'a [Parent], row: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
        parents.iter().map(|parent| parent.group(&self.groupings, row[parent.column]))
    }

    /// The chances of the fine groups within a coarse one; they need not add up to 1.
    fn fine_chances(&self, column: usize, coarse: u32, row: &[u32]) -> &[f64] {
        let within = self.groupings[column].within(coarse) as usize;
        match &self.structure.nodes[column].fine {
            Some(fine) if within > 1 => {
                &fine.chain.chances(std::iter::once(coarse).chain(self.groups(&fine.parents, row)))[..within]
            }
            _ => &[1.0],
        }
    }
}

impl Sequential for NetworkLaw {
    fn order(&self) -> &[usize] {
        &self.structure.order
    }

    fn draw_one(&self, column: usize, row: &[u32], present: bool, draws: &mut Draws) -> u32 {
        let grouping = &self.groupings[column];
        let chances = self.coarse_chances(column, row);
        let missing = chances.len() - 1;
        let there = present && chances[..missing].iter().any(|chance| *chance > 0.0);
        let coarse = pick(if there { &chances[..missing] } else { chances }, draws);
        if coarse == missing {
            return Encoded::MISSING;
        }
        let coarse = coarse as u32;
        let place = match self.fine_chances(column, coarse, row) {
            [_] => 0,
            several => pick(several, draws) as u32,
        };
        grouping.draw(coarse, place, draws)
    }

    fn chance(&self, column: usize, row: &[u32], present: bool) -> f64 {
        let grouping = &self.groupings[column];
        let chances = self.coarse_chances(column, row);
        if present {
            return 1.0 - chances[chances.len() - 1];
        }
        let piece = row[column];
        let coarse = grouping.coarse_of(piece);
        let fine = self.fine_chances(column, coarse, row);
        let place = fine[grouping.place_of(piece) as usize] / fine.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        chances[coarse as usize] * place * grouping.chance_within(piece)
    }
}

impl Law for NetworkLaw {
    fn draw(&self, given: &Given, seed: Seed) -> Vec<Encoded> {
        draw_rows(self, given, seed)
    }

    fn complete(&self, rows: &mut [Encoded], gaps: &[Vec<bool>], seed: Seed) {
        complete_rows(self, rows, gaps, seed);
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("made_with", &self.made_with)?;
        part.put("order", &self.structure.order)?;
        for (column, node) in self.structure.nodes.iter().enumerate() {
            part.put(&format!("parents.{column}"), &node.parents)?;
            save_chain(part, &format!("coarse.{column}"), &node.coarse);
            if let Some(fine) = &node.fine {
                part.put(&format!("fine_parents.{column}"), &fine.parents)?;
                save_chain(part, &format!("fine.{column}"), &fine.chain);
            }
        }
        Ok(())
    }
}

fn save_chain(part: &mut Section<'_>, name: &str, chain: &Chain) {
    let numbers = |number: fn(&(u64, u64)) -> u64| -> Vec<i128> {
        chain.cells().iter().map(|cell| i128::from(number(cell))).collect()
    };
    part.put_wholes(&format!("{name}.cells"), &numbers(|cell| cell.0));
    part.put_wholes(&format!("{name}.rows"), &numbers(|cell| cell.1));
    part.put_floats(&format!("{name}.strengths"), chain.strengths());
}

fn load_chain(part: &Section<'_>, name: &str, sizes: Vec<usize>, values: usize) -> Option<Chain> {
    let numbers = |what: &str| -> Option<Vec<u64>> {
        let found = part.wholes(&format!("{name}.{what}"))?;
        found.into_iter().map(|number| u64::try_from(number).ok()).collect()
    };
    let (cells, rows) = (numbers("cells")?, numbers("rows")?);
    if cells.len() != rows.len() {
        return None;
    }
    Chain::new(sizes, values, part.floats(&format!("{name}.strengths"))?, cells.into_iter().zip(rows).collect())
}
