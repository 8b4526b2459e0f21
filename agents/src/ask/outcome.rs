//! What comes of a question: an answer, or a refusal.

use serde::{Serialize, Serializer};

use super::{Answer, Refusal};

/// What comes of a question. As JSON it is what `synthbook ask --json` prints.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// An answer.
    Answer(Box<Answer>),
    /// Why there is none, and what could be asked instead.
    Refusal(Refusal),
}

impl Outcome {
    /// The answer, if there is one.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Answer(answer) => Some(answer),
            Self::Refusal(_) => None,
        }
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Answer(answer) => answer.serialize(serializer),
            Self::Refusal(refusal) => {
                let fields = serde_json::json!({
                    "code": refusal.code,
                    "message": refusal.message,
                    "suggestions": refusal.suggestions,
                });
                serde_json::json!({ "refusal": fields }).serialize(serializer)
            }
        }
    }
}
