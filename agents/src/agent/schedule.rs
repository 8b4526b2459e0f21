//! Which steps of a task can be done at the same time.

use super::{Step, Words};

/// How many steps are done at the same time.
const MOST: usize = 4;

/// Names of tables that agents make.
const MADE: [&str; 2] = ["answer", "checks"];

/// The steps that can be done now, in their order: at most four that need none of each other.
pub(super) fn ready(steps: &[Step], is_done: &[bool]) -> Vec<usize> {
    let open = |place: &usize| !is_done[*place];
    let free = |place: &usize| !(0..*place).filter(open).any(|earlier| waits(steps, *place, earlier));
    (0..steps.len()).filter(open).filter(free).take(MOST).collect()
}

/// Whether a step must wait for an earlier one: an agent does one thing at a time, a table must be made before it is
/// worked on, and a question may build on those before it.
fn waits(steps: &[Step], place: usize, earlier: usize) -> bool {
    let (step, before) = (&steps[place], &steps[earlier]);
    step.agent == before.agent
        || step.input == Some(earlier)
        || Words::of(&step.task).any(&MADE)
        || step.task.to_lowercase().contains("synthetic_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::plan;

    fn waves(task: &str) -> Vec<Vec<usize>> {
        let steps = plan(task, &["people".to_owned()]);
        let mut done = vec![false; steps.len()];
        let mut waves = Vec::new();
        while done.contains(&false) {
            let wave = ready(&steps, &done);
            assert!(!wave.is_empty(), "{task}: {steps:?}");
            for place in &wave {
                done[*place] = true;
            }
            waves.push(wave);
        }
        waves
    }

    #[test]
    fn steps_that_need_nothing_of_each_other_are_done_together() {
        assert_eq!(waves("check the data quality; how many stores are there?"), [[0, 1]]);
        assert_eq!(waves("how many stores are there? Then check the data quality"), [[0, 1]]);
    }

    #[test]
    fn questions_and_what_works_on_their_tables_wait() {
        assert_eq!(waves("revenue by region; and by month?"), [[0], [1]]);
        assert_eq!(waves("revenue by region, then plot it as bars"), [[0], [1]]);
        assert_eq!(waves("revenue by region; check the quality of the answer"), [[0], [1]]);
        let mixed = waves("check the data quality; revenue by region; plot it as bars");
        assert_eq!(mixed, [vec![0, 1], vec![2]]);
    }

    #[test]
    fn only_so_many_are_done_together() {
        let step = |number: usize| Step { agent: format!("agent {number}"), ..Step::default() };
        let steps: Vec<Step> = (0..6).map(step).collect();
        assert_eq!(ready(&steps, &[false; 6]), [0, 1, 2, 3]);
        assert_eq!(ready(&steps, &[true, false, true, true, false, false]), [1, 4, 5]);
    }
}
