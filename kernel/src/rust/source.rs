//! What the syntax of a cell tells before it is compiled: its variables, its loops, its items, whether it is complete.

use ra_ap_syntax::ast::{self, AstNode, HasLoopBody, HasModuleItem, HasName};
use ra_ap_syntax::{Edition, NodeOrToken, SourceFile, SyntaxKind, SyntaxNode, SyntaxToken, TextRange, TextSize};

use crate::engine::Completeness;

const OPEN: &str = "fn cell() {\n";
const CLOSE: &str = "\n}";

/// A variable that a top-level `let` of a cell binds without naming its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Untyped {
    /// The variable's name.
    pub(crate) name: String,
    /// Declared with `mut`.
    pub(crate) mutable: bool,
    /// Where the `let` statement ends in the cell.
    pub(crate) end: usize,
    /// Where a type can be written: the range from the end of the pattern to the end of a given type; `None` when
    /// the variable is bound inside a larger pattern.
    pub(crate) type_slot: Option<(usize, usize)>,
}

/// Text to be put into a cell at a byte offset, in place of `length` bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    /// Byte offset.
    pub(crate) at: usize,
    /// Bytes replaced.
    pub(crate) length: usize,
    /// The new text.
    pub(crate) text: String,
}

/// Applies edits to a text; edits at one place keep their order.
pub(crate) fn apply(code: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| edit.at);
    let mut out = String::with_capacity(code.len() + 64);
    let mut done = 0;
    for edit in edits {
        out.push_str(&code[done..edit.at.max(done)]);
        out.push_str(&edit.text);
        done = done.max(edit.at + edit.length);
    }
    out.push_str(&code[done..]);
    out
}

/// A parsed cell.
pub(crate) struct Cell {
    body: Option<ast::StmtList>,
    code_len: usize,
}

impl Cell {
    /// Parses a cell's Rust code. A cell with syntax errors parses too, as far as it can.
    pub(crate) fn parse(code: &str) -> Self {
        let text = format!("{OPEN}{code}{CLOSE}");
        let file = SourceFile::parse(&text, Edition::Edition2024).tree();
        let whole = file.items().count() == 1;
        let body = file.items().next().and_then(|item| match item {
            ast::Item::Fn(function) if whole => function.body()?.stmt_list(),
            _ => None,
        });
        Self { body, code_len: code.len() }
    }

    fn statements(&self) -> impl Iterator<Item = ast::Stmt> {
        self.body.iter().flat_map(ast::StmtList::statements)
    }

    fn offset(&self, position: TextSize) -> usize {
        (usize::from(position).saturating_sub(OPEN.len())).min(self.code_len)
    }

    /// The variables of top-level `let`s whose type is not written in full.
    pub(crate) fn untyped(&self) -> Vec<Untyped> {
        let mut found = Vec::new();
        for statement in self.statements() {
            let ast::Stmt::LetStmt(statement) = statement else { continue };
            let (Some(pattern), Some(_)) = (statement.pat(), statement.initializer()) else { continue };
            let written = statement.ty();
            if written.as_ref().is_some_and(is_full) && matches!(pattern, ast::Pat::IdentPat(_)) {
                continue;
            }
            let end = self.offset(statement.syntax().text_range().end());
            let simple = matches!(&pattern, ast::Pat::IdentPat(ident) if ident.pat().is_none());
            for ident in pattern.syntax().descendants().filter_map(ast::IdentPat::cast) {
                let Some(name) = ident.name() else { continue };
                let name = name.text().to_string();
                // An identifier that begins with a capital is a constant or a variant, not a binding.
                if name.chars().next().is_some_and(char::is_uppercase) {
                    continue;
                }
                let type_slot = simple.then(|| {
                    let from = pattern.syntax().text_range().end();
                    let to = written.as_ref().map_or(from, |ty| ty.syntax().text_range().end());
                    (self.offset(from), self.offset(to))
                });
                found.push(Untyped { name, mutable: ident.mut_token().is_some(), end, type_slot });
            }
        }
        found
    }

    /// Calls that let an interrupt stop the cell's loops, and that remember the line of a `?` through which an error
    /// leaves the cell.
    pub(crate) fn instruments(&self, code: &str) -> Vec<Edit> {
        let Some(body) = &self.body else { return Vec::new() };
        let mut edits = Vec::new();
        for node in body.syntax().descendants() {
            if let Some(block) = loop_body(&node)
                && !inside(&node, body.syntax(), is_loop)
                && !in_constant(&node)
                && let Some(brace) = block.stmt_list().and_then(|list| list.l_curly_token())
            {
                edits.push(Edit {
                    at: self.offset(brace.text_range().end()),
                    length: 0,
                    text: " ::synthbook::check();".into(),
                });
            }
            if let Some(attempt) = ast::TryExpr::cast(node.clone())
                && !inside(&node, body.syntax(), |kind| matches!(kind, SyntaxKind::FN | SyntaxKind::CLOSURE_EXPR))
                && !in_async_block(&node)
                && let Some(mark) = attempt.question_mark_token()
            {
                let at = self.offset(mark.text_range().start());
                let line = code[..at].matches('\n').count() + 1;
                edits.push(Edit { at, length: 0, text: format!(".synthbook_at({line})") });
            }
        }
        edits
    }
}

fn is_full(ty: &ast::Type) -> bool {
    !ty.syntax().descendants().any(|node| node.kind() == SyntaxKind::INFER_TYPE)
}

fn is_loop(kind: SyntaxKind) -> bool {
    matches!(kind, SyntaxKind::LOOP_EXPR | SyntaxKind::WHILE_EXPR | SyntaxKind::FOR_EXPR)
}

fn loop_body(node: &SyntaxNode) -> Option<ast::BlockExpr> {
    match node.kind() {
        SyntaxKind::LOOP_EXPR => ast::LoopExpr::cast(node.clone())?.loop_body(),
        SyntaxKind::WHILE_EXPR => ast::WhileExpr::cast(node.clone())?.loop_body(),
        SyntaxKind::FOR_EXPR => ast::ForExpr::cast(node.clone())?.loop_body(),
        _ => None,
    }
}

/// True when a node between `node` and the nearest function or closure around it (or `root`) is of a kind; functions
/// and closures themselves count too.
fn inside(node: &SyntaxNode, root: &SyntaxNode, kind: impl Fn(SyntaxKind) -> bool) -> bool {
    for ancestor in node.ancestors().skip(1).take_while(|ancestor| ancestor != root) {
        if kind(ancestor.kind()) {
            return true;
        }
        if matches!(ancestor.kind(), SyntaxKind::FN | SyntaxKind::CLOSURE_EXPR) {
            return false;
        }
    }
    false
}

fn in_async_block(node: &SyntaxNode) -> bool {
    node.ancestors()
        .filter_map(ast::BlockExpr::cast)
        .any(|block| block.async_token().is_some() || block.try_block_modifier().is_some())
}

/// True in code that runs at compile time, where no function of ours can be called.
fn in_constant(node: &SyntaxNode) -> bool {
    node.ancestors().any(|ancestor| match ancestor.kind() {
        SyntaxKind::CONST | SyntaxKind::STATIC | SyntaxKind::CONST_ARG | SyntaxKind::ENUM | SyntaxKind::ARRAY_TYPE => {
            true
        }
        SyntaxKind::FN => ast::Fn::cast(ancestor).is_some_and(|function| function.const_token().is_some()),
        SyntaxKind::BLOCK_EXPR => ast::BlockExpr::cast(ancestor).is_some_and(|block| block.const_token().is_some()),
        _ => false,
    })
}

/// The items (functions, types, imports) of a source file that evcxr generated, without those it made for itself.
pub(crate) fn items_of_generated(source: &str) -> String {
    let file = SourceFile::parse(source, Edition::Edition2024).tree();
    let mut items = String::new();
    for item in file.items() {
        let own = match &item {
            ast::Item::Fn(function) => function.name().is_some_and(|name| {
                let name = name.text();
                name.starts_with("run_user_code_") || name.starts_with("evcxr_") || name.starts_with("synthbook_")
            }),
            ast::Item::Module(module) => module.name().is_some_and(|name| name.text() == "evcxr_internal_runtime"),
            ast::Item::Struct(_) | ast::Item::Impl(_) => {
                item.syntax().text().to_string().contains("EvcxrUserCodeError")
            }
            _ => false,
        };
        if !own {
            items.push_str(&item.syntax().text().to_string());
            items.push('\n');
        }
    }
    items
}

/// Splits evcxr's commands (lines that begin with `:`) from the code; in the code they become empty lines, so that
/// line numbers stay.
pub(crate) fn split_commands(code: &str) -> (Vec<String>, String) {
    let mut commands = Vec::new();
    let mut rest = String::with_capacity(code.len());
    for line in code.split_inclusive('\n') {
        let text = line.trim_start();
        if text.starts_with(':') && !text.starts_with("::") {
            commands.push(text.trim_end().to_owned());
            rest.extend(line.ends_with('\n').then_some('\n'));
        } else {
            rest.push_str(line);
        }
    }
    (commands, rest)
}

/// Whether a console should run this code or ask for another line.
pub(crate) fn completeness(code: &str) -> Completeness {
    let parse = SourceFile::parse(&format!("{OPEN}{code}{CLOSE}"), Edition::Edition2024);
    let root = parse.syntax_node();
    let tokens: Vec<SyntaxToken> = root
        .descendants_with_tokens()
        .filter_map(NodeOrToken::into_token)
        .filter(|token| {
            usize::from(token.text_range().start()) >= OPEN.len()
                && usize::from(token.text_range().end()) <= OPEN.len() + code.len() + CLOSE.len()
        })
        .collect();
    if unterminated(&tokens, OPEN.len() + code.len()) {
        return Completeness::Incomplete(String::new());
    }
    let mut open = Vec::new();
    for token in tokens.iter().filter(|token| usize::from(token.text_range().end()) <= OPEN.len() + code.len()) {
        match token.kind() {
            SyntaxKind::L_CURLY => open.push(SyntaxKind::R_CURLY),
            SyntaxKind::L_PAREN => open.push(SyntaxKind::R_PAREN),
            SyntaxKind::L_BRACK => open.push(SyntaxKind::R_BRACK),
            close @ (SyntaxKind::R_CURLY | SyntaxKind::R_PAREN | SyntaxKind::R_BRACK) if open.pop() != Some(close) => {
                return Completeness::Invalid;
            }
            _ => {}
        }
    }
    let end = TextSize::of(OPEN) + TextSize::of(code.trim_end());
    let early_error = parse.errors().iter().any(|error| error.range().start() < end);
    if open.is_empty() {
        return match (parse.errors().is_empty(), early_error) {
            (true, _) => Completeness::Complete,
            (false, true) => Completeness::Invalid,
            (false, false) => Completeness::Incomplete(String::new()),
        };
    }
    // With brackets still open the parser complains at their end; a complaint at a closed place is a real one.
    if let Some(stray) = first_stray(&parse, &tokens)
        && stray < end
    {
        return Completeness::Invalid;
    }
    Completeness::Incomplete("    ".repeat(open.len()))
}

/// A string or comment that runs to the end of the text, over the brace that we put there.
fn unterminated(tokens: &[SyntaxToken], end: usize) -> bool {
    tokens.last().is_some_and(|last| {
        let reaches = usize::from(last.text_range().end()) > end;
        let kind = last.kind();
        reaches
            && (matches!(kind, SyntaxKind::STRING | SyntaxKind::BYTE_STRING | SyntaxKind::C_STRING | SyntaxKind::ERROR)
                || (kind == SyntaxKind::COMMENT && last.text().starts_with("/*")))
    })
}

/// The first error that more text after the cell can't mend: one that does not stand at the cell's end.
fn first_stray(parse: &ra_ap_syntax::Parse<SourceFile>, tokens: &[SyntaxToken]) -> Option<TextSize> {
    let last = tokens.iter().rfind(|token| !token.kind().is_trivia() && token.text() != "}")?.text_range();
    parse
        .errors()
        .iter()
        .map(ra_ap_syntax::SyntaxError::range)
        .filter(|range: &TextRange| range.end() <= last.start())
        .map(TextRange::start)
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(code: &str) -> Vec<String> {
        Cell::parse(code).untyped().into_iter().map(|variable| variable.name).collect()
    }

    #[test]
    fn untyped_variables_are_found_at_the_top_level_only() {
        assert_eq!(names("let x = 1; { let y = 2; } fn f() { let z = 3; }"), ["x"]);
        assert_eq!(names("let (a, mut b) = (1, 2); let c: i32 = 3; let d: Vec<_> = vec![1];"), ["a", "b", "d"]);
        assert_eq!(names("let Some(v) = Some(1) else { panic!() }; let None = e else { return };"), ["v"]);
        assert!(names("let = ;").is_empty());
    }

    #[test]
    fn a_type_is_written_into_its_slot() {
        let code = "let d: Vec<_> = vec![1];";
        let (from, to) = Cell::parse(code).untyped()[0].type_slot.unwrap();
        assert_eq!(
            apply(code, vec![Edit { at: from, length: to - from, text: ": Vec<i32>".into() }]),
            "let d: Vec<i32> = vec![1];"
        );
    }

    #[test]
    fn outer_loops_are_instrumented_and_constants_are_not() {
        let code = "loop { for i in 0..3 {} }\nconst fn c() { while false {} }\nfn f() { for _ in 0..9 {} }";
        assert_eq!(
            apply(code, Cell::parse(code).instruments(code)),
            "loop { ::synthbook::check(); for i in 0..3 {} }\nconst fn c() { while false {} }\nfn f() { for _ in 0..9 { ::synthbook::check();} }"
        );
    }

    #[test]
    fn only_the_cells_own_question_marks_are_marked() {
        let code = "let a = f()?;\nlet g = || { f()?; Some(1) };\nfn h() -> Option<i32> { f()?; None }\n{ f()?; }";
        let marked = apply(code, Cell::parse(code).instruments(code));
        assert_eq!(
            marked,
            "let a = f().synthbook_at(1)?;\nlet g = || { f()?; Some(1) };\nfn h() -> Option<i32> { f()?; None }\n{ f().synthbook_at(4)?; }"
        );
    }

    #[test]
    fn completeness_is_told_as_a_console_needs_it() {
        for code in ["let x = 1;", "1 + 1", "fn f() -> i32 { 2 }", "", "let s = r#\"a\"b\"#;", "// only a comment"] {
            assert_eq!(completeness(code), Completeness::Complete, "{code}");
        }
        for code in [
            "fn f() {",
            "let s = \"abc",
            "let v = vec![1,",
            "/* open",
            "if x {\n  1\n} else {",
            "let x =",
            "foo(1,\n",
            "let x = a +",
        ] {
            assert!(matches!(completeness(code), Completeness::Incomplete(_)), "{code}");
        }
        for code in ["let let = ;", "fn ) {", "}", "let x = );"] {
            assert_eq!(completeness(code), Completeness::Invalid, "{code}");
        }
    }

    #[test]
    fn commands_are_split_from_code_and_lines_stay() {
        let (commands, code) = split_commands(":dep regex = \"1\"\nlet x = 1;\n::std::mem::drop(x)");
        assert_eq!(commands, [":dep regex = \"1\""]);
        assert_eq!(code, "\nlet x = 1;\n::std::mem::drop(x)");
    }

    #[test]
    fn evcxrs_own_items_are_left_out() {
        let source = "use std::fs;\nfn mine() {}\nmod evcxr_internal_runtime { }\nfn run_user_code_3() {}\nstruct EvcxrUserCodeError {}";
        assert_eq!(items_of_generated(source), "use std::fs;\nfn mine() {}\n");
    }
}
