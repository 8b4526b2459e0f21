//! Finds the line of a cell that a line of evcxr's generated source came from.

/// The cells that have been run, by their counts.
#[derive(Debug, Default)]
pub(crate) struct Places {
    cells: Vec<(u32, usize, String)>,
}

impl Places {
    /// Remembers a cell: its count, the lines above its Rust code, the code.
    pub(crate) fn remember(&mut self, count: u32, first_line: usize, code: &str) {
        self.cells.push((count, first_line, code.to_owned()));
    }

    /// The count, line (from 1) and text of the cell's line that stands at `line` (from 1) of the generated source;
    /// the newest cell that has the line wins.
    ///
    /// Generated code holds a cell's lines as they are, but for calls that the kernel puts in and types that it
    /// writes down: the lines are compared without those.
    pub(crate) fn find(&self, generated: &str, line: usize) -> Option<(u32, usize, String)> {
        let lines: Vec<String> = generated.lines().map(plain).collect();
        let wanted = lines.get(line.checked_sub(1)?)?;
        if wanted.is_empty() {
            return None;
        }
        // Of several equal lines, the same one in the order of the text.
        for (count, first_line, code) in self.cells.iter().rev() {
            let own: Vec<(usize, &str)> =
                code.lines().enumerate().filter(|(_, text)| same(wanted, &plain(text))).collect();
            let nth = lines[..line - 1].iter().filter(|text| *text == wanted).count();
            if let Some((at, text)) = own.get(nth).or(own.last()) {
                return Some((*count, first_line + at + 1, (*text).to_owned()));
            }
        }
        None
    }
}

fn plain(line: &str) -> String {
    let mut text = line.replace(" ::synthbook::check();", "");
    while let Some(at) = text.find(".synthbook_at(") {
        let end = text[at..].find(')').map_or(text.len(), |end| at + end + 1);
        text.replace_range(at..end, "");
    }
    text.trim().to_owned()
}

/// Equal, or equal but for a type that was written into a `let`, or with more code of other segments around it.
fn same(generated: &str, own: &str) -> bool {
    if own.is_empty() {
        return false;
    }
    if generated.contains(own) {
        return true;
    }
    match (own.split_once('='), generated.split_once('=')) {
        (Some((left, right)), Some((typed, value))) if left.trim_start().starts_with("let ") => {
            value.starts_with(right) && typed.trim_start().starts_with(left.trim())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_in_their_cells() {
        let mut places = Places::default();
        places.remember(1, 0, "fn f() {\n    panic!(\"old\")\n}");
        places.remember(2, 1, "let v = vec![1];\nlet x = v[9];\nfor i in 0..3 {\n}");
        let generated = "use a;\nfn f() {\n    panic!(\"old\")\n}\nlet v: std::vec::Vec<i32> = vec![1];\nlet x: i32 = v[9];\nfor i in 0..3 { ::synthbook::check();\n}";
        assert_eq!(places.find(generated, 6), Some((2, 3, "let x = v[9];".into())));
        assert_eq!(places.find(generated, 7), Some((2, 4, "for i in 0..3 {".into())));
        assert_eq!(places.find(generated, 3), Some((1, 2, "    panic!(\"old\")".into())));
        assert_eq!(places.find(generated, 1), None);
        assert_eq!(places.find(generated, 99), None);
    }
}
