//! A chat model that may only be asked so often.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{ChatError, ChatModel, ChatReply, ChatRequest};
use crate::warehouse::Cancel;

/// The most that a session spends on a chat model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Calls.
    pub calls: u64,
    /// Tokens in and out, as the provider counts them. The call that crosses the limit is still paid for.
    pub tokens: u64,
}

impl Default for Budget {
    /// 500 calls and two million tokens.
    fn default() -> Self {
        Self { calls: 500, tokens: 2_000_000 }
    }
}

/// What was spent so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// Calls.
    pub calls: u64,
    /// Tokens in and out.
    pub tokens: u64,
}

/// A model behind a budget.
pub struct Budgeted<M> {
    model: M,
    budget: Budget,
    calls: AtomicU64,
    tokens: AtomicU64,
}

impl<M: ChatModel> Budgeted<M> {
    /// Puts a budget before a model.
    #[must_use]
    pub fn new(model: M, budget: Budget) -> Self {
        Self { model, budget, calls: AtomicU64::new(0), tokens: AtomicU64::new(0) }
    }

    /// What was spent so far.
    #[must_use]
    pub fn spent(&self) -> Spent {
        Spent { calls: self.calls.load(Ordering::SeqCst), tokens: self.tokens.load(Ordering::SeqCst) }
    }
}

impl<M: ChatModel> ChatModel for Budgeted<M> {
    fn name(&self) -> &str {
        self.model.name()
    }

    fn reply(&self, request: &ChatRequest, cancel: &Cancel) -> Result<ChatReply, ChatError> {
        let spent = self.spent();
        if spent.tokens >= self.budget.tokens {
            return Err(ChatError::Budget { spent: spent.tokens, limit: self.budget.tokens, unit: "tokens" });
        }
        // Taken before the call, so that calls at the same time can't both have the last one.
        let before = self.calls.fetch_add(1, Ordering::SeqCst);
        if before >= self.budget.calls {
            self.calls.fetch_sub(1, Ordering::SeqCst);
            return Err(ChatError::Budget { spent: before, limit: self.budget.calls, unit: "calls" });
        }
        let reply = self.model.reply(request, cancel)?;
        self.tokens.fetch_add(reply.input_tokens + reply.output_tokens, Ordering::SeqCst);
        Ok(reply)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;

    impl ChatModel for Fixed {
        fn name(&self) -> &'static str {
            "test::fixed"
        }

        fn reply(&self, _: &ChatRequest, _: &Cancel) -> Result<ChatReply, ChatError> {
            Ok(ChatReply { text: "yes".to_owned(), input_tokens: 30, output_tokens: 5, seconds: 0.0 })
        }
    }

    #[test]
    fn calls_and_tokens_end() {
        let ask = |model: &Budgeted<Fixed>| model.reply(&ChatRequest::new("", "?"), &Cancel::new());
        let model = Budgeted::new(Fixed, Budget { calls: 2, tokens: 1000 });
        assert!(ask(&model).is_ok() && ask(&model).is_ok());
        assert_eq!(ask(&model), Err(ChatError::Budget { spent: 2, limit: 2, unit: "calls" }));
        assert_eq!(model.spent(), Spent { calls: 2, tokens: 70 });

        let model = Budgeted::new(Fixed, Budget { calls: 9, tokens: 40 });
        assert!(ask(&model).is_ok() && ask(&model).is_ok());
        assert_eq!(ask(&model), Err(ChatError::Budget { spent: 70, limit: 40, unit: "tokens" }));
    }
}
