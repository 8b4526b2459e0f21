//! A question in plain words: what people say around it is taken away, and idioms are put into words that the grammar
//! knows.
//!
//! Only what asks for nothing is taken away (greetings, thanks, who it is for); everything else is said in other words.

mod asked;
mod basket;
mod courtesy;
mod each;
mod exists;
mod idioms;
mod numbers;
mod pattern;
mod purpose;
mod spelling;
mod spoken;
#[cfg(test)]
mod tests;

use super::link::Lexicon;
use super::words::Token;

/// How often idioms are looked for again in what idioms became.
const ROUNDS: usize = 3;

/// The question in plain words; today's year is that of "july 17".
pub(crate) fn plain(tokens: Vec<Token>, lexicon: &Lexicon, today: i16) -> Vec<Token> {
    let mut tokens = spoken::spoken(&courtesy::without(tokens, lexicon), lexicon, today);
    purpose::set_aside(&mut tokens, lexicon);
    spelling::words(&mut tokens, lexicon);
    basket::basket(&mut tokens, lexicon);
    exists::exists(&mut tokens, lexicon);
    asked::wise(&mut tokens, lexicon);
    numbers::say(&mut tokens, lexicon);
    for _ in 0..ROUNDS {
        if !idioms::replace(&mut tokens, lexicon) {
            break;
        }
    }
    asked::first(&mut tokens, lexicon);
    tokens
}

/// Whether a word occurs in an idiom or a courtesy, so that it is no typing error.
pub(crate) fn knows(token: &Token) -> bool {
    idioms::knows(token)
}
