//! The words of the grammar: what gives a question its shape.

/// A word or phrase that shapes a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
pub(crate) enum Shape {
    /// "how many".
    HowMany,
    /// "how much".
    HowMuch,
    /// "which", "what".
    Which,
    /// "who".
    Who,
    /// "list", "show", "give me".
    List,
    /// "when".
    When,
    /// "why", "reason", "cause".
    Why,
    /// "forecast", "predict", "will".
    Forecast,
    /// "delete", "drop", "update".
    Order,
    /// "total", "overall".
    Total,
    /// "average".
    Average,
    /// "median".
    Median,
    /// "percentile".
    Percentile,
    /// "standard deviation".
    Deviation,
    /// "number of", "count".
    Number,
    /// "distinct", "different".
    Distinct,
    /// "highest", "most", "top", "best".
    Most,
    /// "lowest", "least", "bottom", "worst".
    Least,
    /// "best selling", "most popular".
    Popular,
    /// "least popular", "worst selling".
    Unpopular,
    /// "more than".
    MoreThan,
    /// "at least".
    AtLeast,
    /// "less than".
    LessThan,
    /// "at most".
    AtMost,
    /// "exactly".
    Exactly,
    /// "or more" after a number.
    OrMore,
    /// "or less" after a number.
    OrLess,
    /// "between" two numbers.
    Between,
    /// "by", "broken down by".
    By,
    /// "per".
    Per,
    /// "each", "for every".
    Each,
    /// "over time", "trend".
    Trend,
    /// "versus", "compared with".
    Versus,
    /// "side by side".
    SideBySide,
    /// "separately", "for each of the two".
    Apart,
    /// "and so on", "and the other".
    SoOn,
    /// "every combination of".
    Combination,
    /// "same thing": what a follow-up keeps.
    Same,
    /// "instead": what a follow-up gives up.
    Instead,
    /// "the other way round".
    Turned,
    /// "difference".
    Difference,
    /// "share", "percentage".
    Share,
    /// "as a percentage of".
    AsShareOf,
    /// "in percent".
    InPercent,
    /// "ratio of".
    Ratio,
    /// "grow", "growth", "increase".
    Grow,
    /// "fall", "decline", "lose".
    Shrink,
    /// "change".
    Change,
    /// "month over month".
    MonthOnMonth,
    /// "week over week".
    WeekOnWeek,
    /// "quarter over quarter".
    QuarterOnQuarter,
    /// "year over year", "same period last year".
    YearOnYear,
    /// "day over day".
    DayOnDay,
    /// "compared with the month before".
    PreviousPeriod,
    /// "running total", "cumulative".
    Running,
    /// "moving average".
    Moving,
    /// "rank".
    Rank,
    /// "pareto", "cumulative share".
    Pareto,
    /// "not".
    Not,
    /// "except", "other than", "without".
    Except,
    /// "only", "just".
    Only,
    /// "never".
    Never,
    /// "ever", "at least once".
    Ever,
    /// "both".
    Both,
    /// "also".
    Also,
    /// "again".
    Again,
    /// "first purchase", "new customers".
    FirstTime,
    /// "last purchase".
    LastTime,
    /// "active".
    Active,
    /// "together", "in the same basket".
    Together,
    /// "consecutive", "days pass between".
    Gap,
    /// "and".
    And,
    /// "or".
    Or,
    /// "but".
    But,
    /// "sorted by".
    OrderBy,
    /// "largest first".
    Descending,
    /// "smallest first".
    Ascending,
    /// "in calendar order".
    Calendar,
    /// "alphabetically".
    Alphabetical,
    /// "known".
    Known,
    /// "missed", "below target".
    Missed,
    /// "met", "above target".
    Met,
    /// "of".
    Of,
    /// "in", "at", "within".
    In,
    /// "from".
    From,
    /// "for".
    For,
    /// "with", "having".
    With,
    /// "to".
    To,
    /// "than".
    Than,
    /// "that", "which" after a noun.
    That,
    /// "half".
    Half,
    /// "top 10 percent", "account for".
    AccountFor,
    /// "starts with".
    StartsWith,
    /// "ends with".
    EndsWith,
    /// "contains".
    Contains,
    /// "above average".
    AboveAverage,
    /// "below average".
    BelowAverage,
    /// "there is none".
    Missing,
    /// "buy", "shop": what customers do.
    Deed,
    /// "sell", "take", "earn": what the business does; money or units follow.
    Sell,
    /// A comma, colon or bracket.
    Mark,
    /// Words that add nothing.
    Filler,
}

impl Shape {
    /// Whether a question is still understood when nothing was made of this word.
    pub(crate) fn soft(self) -> bool {
        matches!(
            self,
            Self::Filler
                | Self::Mark
                | Self::And
                | Self::Of
                | Self::In
                | Self::From
                | Self::For
                | Self::With
                | Self::To
                | Self::That
                | Self::Which
                | Self::Who
                | Self::List
                | Self::Deed
                | Self::Sell
                | Self::Total
                | Self::HowMuch
                | Self::Ever
                | Self::Also
                | Self::Alphabetical
                | Self::Apart
                | Self::AccountFor
                | Self::Each
        )
    }
}
