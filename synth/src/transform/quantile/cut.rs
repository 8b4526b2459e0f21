//! Cutting a column's ascending values into pieces: spikes alone, the rest in stretches of about equal mass.

/// A stretch holds at least so many rows: in a small table of different numbers, none is copied.
const FEWEST_ROWS: usize = 2;
/// A value that so many rows share is nobody's own.
pub(super) const SHARED: usize = 3;
/// A column of no more different values than this, each of which has ten rows on average, is a list of codes.
const FEW: usize = 20;

/// A run of neighbouring distinct values that make one piece.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Span {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) rows: usize,
    /// Whether the next piece follows without a single value between them.
    pub(super) joins_next: bool,
}

/// Cuts ascending distinct values, which occur `counts` times each, into about `pieces` pieces.
pub(super) fn cut(counts: &[usize], pieces: usize, always_alone: impl Fn(usize) -> bool) -> Vec<Span> {
    let rows: usize = counts.iter().sum();
    let few = counts.len() <= pieces && counts.len() * 10 <= rows;
    let codes = few && counts.len() <= FEW;
    let share = rows.div_ceil(pieces.max(1));
    let spike = if few { SHARED } else { share.max(SHARED) };
    let alone = |at: usize| codes || counts[at] >= spike || always_alone(at);
    let mut spans: Vec<Span> = Vec::new();
    let mut open: Option<Span> = None;
    let close = |spans: &mut Vec<Span>, span: Option<Span>, run_ends: bool| {
        let Some(mut span) = span else { return };
        let before = spans.last_mut().filter(|before| before.joins_next);
        if let (Some(before), true) = (before, run_ends && span.rows < share.max(FEWEST_ROWS)) {
            *before = Span { last: span.last, rows: before.rows + span.rows, joins_next: false, ..*before };
        } else {
            span.joins_next = !run_ends;
            spans.push(span);
        }
    };
    for (at, &count) in counts.iter().enumerate() {
        let one = Span { first: at, last: at, rows: count, joins_next: false };
        if alone(at) {
            close(&mut spans, open.take(), true);
            if let Some(before) = spans.last_mut() {
                before.joins_next = false;
            }
            spans.push(one);
            continue;
        }
        let span = open.map_or(one, |span| Span { last: at, rows: span.rows + count, ..span });
        open = Some(span);
        if span.rows >= share.max(FEWEST_ROWS) {
            close(&mut spans, open.take(), false);
        }
    }
    close(&mut spans, open.take(), true);
    if let Some(last) = spans.last_mut() {
        last.joins_next = false;
    }
    spans
}

/// Whether a piece is one value that too few rows share to be given back as it is.
pub(super) fn is_rare(span: &Span, counts: &[usize]) -> bool {
    span.first == span.last && span.rows < SHARED && !(counts.len() <= FEW && counts.len() * 10 <= counts.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(counts: &[usize], pieces: usize) -> Vec<(usize, usize)> {
        cut(counts, pieces, |_| false).iter().map(|span| (span.first, span.last)).collect()
    }

    #[test]
    fn spikes_stand_alone_and_the_rest_is_shared_out() {
        assert_eq!(spans(&[50, 50], 10), [(0, 0), (1, 1)]);
        let mut counts = vec![100];
        counts.extend([1; 20]);
        assert_eq!(spans(&counts, 12), [(0, 0), (1, 10), (11, 20)]);
        assert_eq!(spans(&[1; 7], 1000), [(0, 1), (2, 3), (4, 6)]);
        assert_eq!(spans(&[1], 10), [(0, 0)]);
        assert!(spans(&[], 10).is_empty());
    }

    #[test]
    fn every_row_lies_in_one_piece() {
        let counts: Vec<usize> = (0..500).map(|at| 1 + (at * 7919) % 13).collect();
        for pieces in [1, 2, 3, 10, 100, 10_000] {
            let spans = cut(&counts, pieces, |at| at % 97 == 0);
            assert_eq!(spans.iter().map(|span| span.rows).sum::<usize>(), counts.iter().sum::<usize>());
            assert!(spans.windows(2).all(|pair| pair[0].last + 1 == pair[1].first));
        }
    }

    #[test]
    fn codes_stay_and_rare_numbers_do_not() {
        let mut counts = vec![20; 10];
        counts[4] = 1;
        assert_eq!(spans(&counts, 1000).len(), 10);
        assert!(!is_rare(&cut(&counts, 1000, |_| false)[4], &counts));
        let mut counts = vec![20; 50];
        counts[4] = 1;
        counts[5] = 2;
        let cut = cut(&counts, 1000, |_| false);
        assert_eq!((cut.len(), cut[4].first, cut[4].last), (49, 4, 5));
    }
}
