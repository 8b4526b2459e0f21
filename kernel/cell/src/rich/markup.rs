//! Text in a markup language.
#![allow(non_snake_case, reason = "a constructor is called by the name of its type: Html(\"…\")")]

use super::Rich;
use crate::bundle::Bundle;

macro_rules! markup {
    ($($(#[$doc:meta])* $name:ident => $mime:literal, $plain:expr;)*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            text: String,
        }

        $(#[$doc])*
        #[must_use]
        pub fn $name(text: impl Into<String>) -> $name {
            $name { text: text.into() }
        }

        impl Rich for $name {
            fn bundle(&self) -> Bundle {
                let plain: fn(&str) -> String = $plain;
                Bundle::text(plain(&self.text)).with($mime, self.text.as_str())
            }
        }
    )* };
}

markup! {
    /// HTML. Where only text can be shown, its tags are left out.
    Html => "text/html", without_tags;
    /// Markdown.
    Markdown => "text/markdown", str::to_owned;
    /// LaTeX, with its dollar signs: `$e^{i\pi} + 1 = 0$`.
    Latex => "text/latex", str::to_owned;
    /// A drawing in SVG.
    Svg => "image/svg+xml", |_| "<SVG drawing>".to_owned();
    /// Text as it stands, without quotation marks.
    Text => "text/plain", str::to_owned;
}

/// The text of HTML: what stands outside of tags, with the four named entities that escaping makes.
fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut in_tag = false;
    for character in html.chars() {
        match character {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            _ if !in_tag => text.push(character),
            _ => {}
        }
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_has_its_text_beside_it() {
        let bundle = Html("<p class='a'>1 &lt; <b>2</b></p>").bundle();
        assert_eq!(bundle.get("text/plain"), Some("1 < 2"));
        assert_eq!(bundle.get("text/html"), Some("<p class='a'>1 &lt; <b>2</b></p>"));
        assert_eq!(Text(String::from("as it is")).bundle(), Bundle::text("as it is"));
    }
}
