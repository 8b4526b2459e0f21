//! The phrases behind the words of the grammar. A tilde means any form of the word.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::Shape;
use crate::ask::words::{Token, stem};

const PHRASES: &[(Shape, &[&str])] = &[
    (Shape::HowMany, &["how many", "how many of", "what number of", "the number of how many"]),
    (Shape::HowMuch, &["how much"]),
    (Shape::Which, &["which", "what", "which of", "what are", "what is", "what was", "what were", "which is", "which are", "which was", "which were", "what kind of", "what type of", "what kinds of"]),
    (Shape::Who, &["who", "who are", "who is", "who were", "whom"]),
    (Shape::List, &["list", "show", "show me", "give me", "give", "display", "return", "get", "get me", "name", "tell me", "find", "find me", "fetch", "pull", "pull up", "print", "report", "present", "provide", "bring up", "i want to see", "i need", "let us see", "enumerate", "identify", "see", "view", "put", "visualize", "plot", "chart", "graph", "draw", "summarize", "summarise", "breakdown of", "run"]),
    (Shape::When, &["when", "on which date", "on which day", "on what day", "on what date", "what date", "which date", "on which single day"]),
    (Shape::Why, &["why", "reason~", "how come", "explain~", "root cause", "driver~", "drove", "due to what", "what caused", "cause~", "what is behind", "what drives", "how can we", "how could we", "how do we", "should we", "what should"]),
    (Shape::Forecast, &["forecast~", "predict~", "prediction~", "projected", "project revenue", "expected next", "will be", "will we", "going to be", "estimate for next", "anticipate~", "what if", "simulate~"]),
    (Shape::Order, &["delete~", "drop the", "drop table", "drop~", "truncate~", "update~", "insert~", "set to", "alter~", "grant~", "revoke~", "create table", "overwrite~", "modify~", "erase~", "remove~", "purge~", "wipe~", "rename~", "copy~", "attach~", "exec~", "execute~", "ignore all", "ignore previous", "ignore your", "system prompt", "disregard~", "add a row", "add a column", "change the price", "e-mail~", "send~", "cancel~", "book~", "hack~"]),
    (Shape::Total, &["total~", "overall", "sum~", "combined", "altogether", "in total", "aggregate", "grand total", "all in all", "entire", "whole", "collectively", "the sum of", "in all", "complete"]),
    (Shape::Average, &["average~", "avg", "mean", "on average", "typical", "typically", "an average", "the average", "averaged", "in the mean"]),
    (Shape::Median, &["median", "middle value"]),
    (Shape::Percentile, &["percentile~", "quantile~"]),
    (Shape::Deviation, &["standard deviation", "std dev", "stddev", "variability"]),
    (Shape::Number, &["number of", "count of", "numbers of", "count", "no of", "no. of", "number", "the number of", "amount of distinct", "headcount of", "# of", "quantity of distinct", "tally of", "total number of", "the total number of", "total count of", "counts", "count~ the"]),
    (Shape::Distinct, &["distinct", "different", "unique", "individual", "distinctly", "separate"]),
    (Shape::Most, &["most", "the most", "highest", "maximum", "max", "biggest", "largest", "greatest", "best", "top", "leading", "strongest", "number one", "no. 1", "# 1", "no 1", "highest number of", "largest number of", "maximum number of", "greatest number of", "highest amount of", "biggest number of", "most number of", "top performing", "best performing", "top - performing", "best - performing", "peak", "winning", "busiest", "ranked first", "in first place", "heaviest", "main", "record", "top ranked", "best - ranked", "largest amount of", "most amount of", "top of the list"]),
    (Shape::Least, &["least", "the least", "lowest", "minimum", "min", "smallest", "fewest", "worst", "bottom", "weakest", "slowest", "lowest number of", "smallest number of", "fewest number of", "worst performing", "worst - performing", "poorest", "lowest performing", "quietest", "minimum number of", "lightest", "poorest performing"]),
    (Shape::Popular, &["best selling", "best - selling", "bestselling", "best seller~", "best - seller~", "bestseller~", "top selling", "top - selling", "top seller~", "most popular", "most sold", "most purchased", "most bought", "most ordered", "most frequently bought", "most often bought", "most frequently purchased", "sells best", "sold best", "sell best", "sells the best", "sold the best", "most - purchased", "hottest", "highest selling", "highest - selling", "top sold", "favorite~", "favourite~"]),
    (Shape::Unpopular, &["worst selling", "worst - selling", "least popular", "least sold", "slowest selling", "slowest - selling", "worst seller~", "sells worst", "sold worst", "least purchased", "lowest selling", "lowest - selling", "poorest selling", "sold the worst"]),
    (Shape::MoreThan, &["more than", "over", "above", "exceeding", "exceed~", "greater than", "past", "beyond", "higher than", "larger than", "bigger than", "north of", "in excess of", "get past", "got past", "pass~", "surpass~", "longer than", "older than", "better than", "costlier than", "more expensive than", "topped", "taller than", "> ", "upwards of", "crossed"]),
    (Shape::AtLeast, &["at least", "no less than", "not less than", "no fewer than", "not fewer than", "a minimum of", "minimum of", "or above", "greater than or equal to", "more than or equal to", "at minimum"]),
    (Shape::LessThan, &["less than", "fewer than", "under", "below", "lower than", "smaller than", "shorter than", "cheaper than", "younger than", "short of", "beneath", "worse than", "not even"]),
    (Shape::AtMost, &["at most", "no more than", "not more than", "maximum of", "a maximum of", "up to", "not exceeding", "less than or equal to", "not over", "at maximum", "not above"]),
    (Shape::Exactly, &["exactly", "precisely", "equal to", "equals", "equal~"]),
    (Shape::OrMore, &["or more", "or higher", "or above", "or greater", "or over", "and above", "and over", "or older", "and older", "and up", "and more", "or better", "plus", "or larger", "or bigger"]),
    (Shape::OrLess, &["or less", "or fewer", "or lower", "or below", "or under", "and below", "and under", "or younger", "and younger", "or smaller"]),
    (Shape::Between, &["between"]),
    (Shape::By, &["by", "broken down by", "split by", "grouped by", "group by", "broken out by", "breakdown by", "break down by", "segmented by", "across", "according to", "split into", "divided into", "by each", "down by", "across the", "across all", "across all the", "by the", "among", "among the", "categorized by", "classified by", "split up by", "breakdown per", "sliced by", "distributed by", "down to", "distribution by", "distribution across", "for the different", "by different", "across different", "for the various", "across the different", "for different", "differ by", "differ~ across", "differ by", "vary by", "varies by", "vary across", "varies across", "on the level of", "along"]),
    (Shape::Per, &["per", "a", "/"]),
    (Shape::Each, &["each", "every", "for each", "for every", "in each", "in every", "of each", "of every", "for all", "each of the", "each individual", "from each", "from every", "within each", "at each", "at every", "on each", "to each", "with each", "for each of the", "in each of the", "in all", "in every single", "by every", "respective", "per each", "for each and every", "within every", "over each"]),
    (Shape::Trend, &["over time", "trend~", "trend over time", "evolution", "evolve~", "develop over", "over the months", "through time", "historically", "timeline", "time series", "developed over", "how did it develop", "development of"]),
    (Shape::Versus, &["versus", "vs", "vs.", "compared to", "compared with", "against", "as opposed to", "in comparison with", "in comparison to", "compare~", "comparison of", "comparison between", "comparison", "compare~ with", "compare~ to", "compared against", "rather than", "relative to", "set against", "next to", "or on", "contrast", "stack up against", "in contrast to", "v"]),
    (Shape::SideBySide, &["side by side", "side - by - side", "next to each other", "as separate columns", "in separate columns", "as columns"]),
    (Shape::Difference, &["difference", "difference between", "the difference in", "gap between", "delta", "differ~"]),
    (Shape::Share, &["share", "shares", "share of", "percentage", "percentage of", "percentages", "percent of", "percent", "proportion", "proportion of", "fraction", "fraction of", "slice", "slice of", "portion", "portion of", "part of", "pct", "%", "% of", "pct of", "contribution", "contributions", "contribution of", "contribution to", "percentage share", "percentage share of", "percentage contribution", "percentage contribution of", "how much of", "market share", "mix", "split of", "% share", "relative share", "percent share", "what part of", "penetration", "split between", "percentage - wise"]),
    (Shape::AsShareOf, &["as a percentage of", "as percentage of", "as percent of", "as a percent of", "as a share of", "as % of", "as a fraction of", "as a proportion of", "as a % of", "as share of", "in percent of", "as pct of", "in % of", "expressed as a percentage of"]),
    (Shape::InPercent, &["in percent", "as a percentage", "in %", "as a percent", "as percentages", "in percentage terms", "percentagewise", "as percent", "as percentage", "percentage - wise", "in percentages", "as a share", "as shares", "as a proportion", "as a fraction", "in relative terms", "relatively", "by what percentage", "by how many percent", "by what percent", "percentage change", "percent change", "percentage growth", "percent growth", "% growth", "% change", "growth rate", "rate of growth", "growth percentage", "percentage increase", "percentage decrease", "percentage difference", "percent increase", "percent decrease", "proportionally", "what percentage did", "the growth rate of", "growth rates"]),
    (Shape::Ratio, &["ratio", "ratio of", "the ratio of", "ratio between", "proportion between", "divided by"]),
    (Shape::Grow, &["grow~", "growth", "increase~", "rise~", "gain~", "climb~", "improve~", "improvement", "went up", "go up", "expand~", "expansion", "upward", "jump~", "surge~", "up from"]),
    (Shape::Shrink, &["fall", "fell", "fallen", "drop by", "dropped", "decline~", "decrease~", "lose~", "shrink~", "went down", "go down", "slump~", "downward", "dip~", "reduction", "down from", "declining", "losing", "drop in", "sink", "sank"]),
    (Shape::Change, &["change~", "changes", "develop~", "move~", "shift~", "fluctuate~", "swing~"]),
    (Shape::MonthOnMonth, &["month over month", "month on month", "month - over - month", "month - on - month", "mom", "month to month", "month - to - month", "from month to month", "from one month to the next", "versus the previous month", "compared to the previous month", "compared with the previous month", "compared to the month before", "over the previous month", "against the previous month", "from the previous month", "than the month before", "versus the month before", "on the previous month", "compared with the month before", "versus prior month", "vs previous month", "vs prior month", "over the prior month", "to the previous month", "against the month before"]),
    (Shape::WeekOnWeek, &["week over week", "week on week", "week - over - week", "week - on - week", "wow", "week to week", "week - to - week", "from week to week", "compared to the previous week", "versus the previous week", "from one week to the next", "compared with the previous week"]),
    (Shape::DayOnDay, &["day over day", "day on day", "day - over - day", "day - on - day", "day to day", "from day to day", "compared to the previous day", "versus the previous day"]),
    (Shape::QuarterOnQuarter, &["quarter over quarter", "quarter on quarter", "quarter - over - quarter", "quarter - on - quarter", "qoq", "quarter to quarter", "from quarter to quarter", "compared to the previous quarter", "versus the previous quarter", "from one quarter to the next", "over the previous quarter", "compared with the previous quarter", "against the previous quarter", "versus the quarter before", "compared to the quarter before", "compared with the quarter before", "vs previous quarter", "from the previous quarter"]),
    (Shape::YearOnYear, &["year over year", "year on year", "year - over - year", "year - on - year", "yoy", "y / y", "from year to year", "compared to the previous year", "versus the previous year", "compared to the same period last year", "versus the same period last year", "same period last year", "same period the year before", "same period a year ago", "same period of last year", "same month last year", "same quarter last year", "compared with the year before", "compared to the year before", "over the previous year", "compared with last year", "compared to last year", "vs last year", "versus last year", "same period previous year", "same time last year", "same month the year before", "same quarter the year before", "same period in the previous year", "same week last year", "than last year", "than the year before", "than a year ago", "than a year earlier"]),
    (Shape::PreviousPeriod, &["compared to the previous period", "versus the previous period", "compared with the previous period", "than the previous period", "than before", "the period before", "previous period", "prior period", "than the period before"]),
    (Shape::Running, &["running total", "running totals", "running sum", "cumulative", "cumulatively", "accumulating", "accumulate~", "cumulated", "cumulative total", "cumulative sum", "cumulatively summed", "year - to - date by", "rolling total", "rolling sum", "as a running total", "build up", "adding up over", "cumulative running"]),
    (Shape::Moving, &["moving average", "rolling average", "moving averages", "moving mean", "rolling mean", "sliding average", "smoothed over"]),
    (Shape::Rank, &["rank~", "ranking", "ranking of", "ranked by", "rank~ by", "position of"]),
    (Shape::Pareto, &["pareto", "pareto view", "pareto analysis", "cumulative share", "cumulative percentage", "cumulative percent", "cumulative share of", "cumulative percentage of", "cumulative contribution", "running share", "pareto view of", "running percentage", "pareto chart"]),
    (Shape::Not, &["not", "non", "no", "is not", "are not", "was not", "were not", "did not", "do not", "does not", "have not", "has not", "had not", "neither", "nor", "not in", "not from", "not been"]),
    (Shape::Except, &["except", "except for", "excluding", "exclude~", "other than", "apart from", "without", "besides", "aside from", "leaving out", "ignoring", "with the exception of", "minus", "but not counting", "not including", "not counting", "outside", "outside of", "not belonging to", "bar", "omitting", "leave out", "save for"]),
    (Shape::Only, &["only", "just", "solely", "exclusively", "nothing but", "purely", "restricted to", "limited to", "limit to", "nothing else but", "nothing other than", "no other than", "restrict to", "narrow down to", "narrow it down to", "filter to", "filter for", "filter by", "filtered to", "filter on"]),
    (Shape::Never, &["never", "not ever", "not once", "not a single time", "did not ever", "have never", "has never", "not a single", "none of", "no one", "not any", "not even once", "at no time", "have never ever"]),
    (Shape::Ever, &["ever", "at least once", "at some point", "at any time", "at any point", "one or more times", "any", "anything", "something", "already", "at least one", "one or more", "at least a single"]),
    (Shape::Both, &["both", "all of", "each of both"]),
    (Shape::Also, &["also", "too", "as well", "as well as", "in addition", "additionally", "likewise", "together with", "along with", "plus the", "including", "include~", "alongside", "with their", "with its", "and their", "and its", "with the"]),
    (Shape::Again, &["again", "came back", "come back", "return~ to", "once more", "another time", "repeat~", "returned", "returning", "come again"]),
    (Shape::FirstTime, &["first purchase", "first purchases", "very first purchase", "first time", "for the first time", "first order", "very first order", "first visit", "first trip", "first transaction", "first - time", "new customers", "new customer", "new households", "new shoppers", "newly acquired", "very first", "first bought", "first shopped", "first basket", "made their first", "initial purchase", "acquired", "first - ever", "first ever"]),
    (Shape::LastTime, &["last purchase", "last bought", "last visit", "last order", "last trip", "most recent purchase", "last transaction", "last shopped", "latest purchase", "most recent visit", "last basket"]),
    (Shape::Active, &["active", "actively"]),
    (Shape::Together, &["together", "share a basket with", "shares a basket with", "in the same basket", "in the same basket as", "bought together with", "purchased together with", "alongside", "go along with", "bought with", "purchased with", "in one basket with", "share~ a basket", "share~ the basket", "same basket", "same basket as", "same trip", "same trip as", "same transaction as", "same transaction", "in the same trip", "in the same transaction", "together with", "appear with", "occur with", "accompany", "combined with", "alongside of", "co - occur", "go with", "goes with", "go together with", "in a single basket", "same order", "same order as", "same visit", "same visit as"]),
    (Shape::Gap, &["consecutive", "pass between", "between two consecutive", "between consecutive", "between visits", "between purchases", "days pass", "lie between", "between two visits", "between two trips", "between shopping trips", "between two purchases", "time between", "days between", "elapse between", "days between two", "interval between", "gap between visits", "elapse", "successive", "days apart", "until the next", "until they return", "between trips"]),
    (Shape::And, &["and", "&", "as well", "plus", "then"]),
    (Shape::Or, &["or", "either"]),
    (Shape::But, &["but", "however", "yet"]),
    (Shape::OrderBy, &["sorted by", "ordered by", "order by", "sort by", "sort~ by", "order~ by", "sort it by", "sort them by", "sort that by", "sort the result by", "order the results by", "order them by", "arranged by", "sorted on", "in order of", "order it by", "sorted according to", "ordered according to", "sorted", "sort", "order results by", "sort results by", "sort the results by", "rank order by", "ordered", "in the order of"]),
    (Shape::Descending, &["descending", "in descending order", "largest first", "biggest first", "highest first", "most first", "best first", "from highest to lowest", "from largest to smallest", "from high to low", "high to low", "desc", "descending order", "from biggest to smallest", "largest to smallest", "highest to lowest", "from best to worst", "best to worst", "top first", "in decreasing order", "decreasing", "from most to least", "most to least", "from longest to shortest", "from highest", "newest first", "latest first", "most recent first", "starting with the highest", "starting with the largest", "starting with the biggest", "strongest first", "from newest to oldest", "by descending", "in descending", "from the highest to the lowest", "from top to bottom", "the largest first", "the highest first", "biggest to smallest", "with the highest first", "with the largest first", "longest first", "biggest on top", "largest on top", "highest on top", "reverse alphabetical order", "from the largest to the smallest", "starting from the highest", "starting from the largest"]),
    (Shape::Ascending, &["ascending", "in ascending order", "smallest first", "lowest first", "least first", "from lowest to highest", "from smallest to largest", "from low to high", "low to high", "asc", "ascending order", "smallest to largest", "lowest to highest", "worst first", "from worst to best", "in increasing order", "increasing order", "oldest first", "earliest first", "from least to most", "from shortest to longest", "weakest first", "starting with the lowest", "starting with the smallest", "from oldest to newest", "bottom first", "the smallest first", "shortest first", "with the lowest first", "cheapest first", "from the lowest to the highest"]),
    (Shape::Calendar, &["in calendar order", "chronologically", "in chronological order", "by date", "calendar order", "in order", "in time order", "in order of date", "date order", "in date order", "from earliest to latest", "in the order of the calendar", "chronological order", "in temporal order"]),
    (Shape::Alphabetical, &["alphabetically", "in alphabetical order", "alphabetical order", "alphabetical", "a to z", "by name alphabetically"]),
    (Shape::Known, &["known", "we know", "is known", "are known", "we have on file", "recorded", "not unknown", "specified", "excluding unknown", "without unknown", "other than unknown", "except unknown", "is not unknown", "excluding unknowns", "on record", "is on file", "has been recorded", "know"]),
    (Shape::Missed, &["missed", "miss", "missing their", "fell short of", "fall short of", "falling short of", "did not reach", "did not meet", "did not hit", "failed to reach", "failed to meet", "failed to hit", "not reached", "not met", "below target", "under target", "below their target", "below plan", "underperformed", "under plan", "below the target", "failed", "have not reached", "have not met", "under their target", "behind target", "behind their target", "behind", "below their", "not achieve", "did not achieve", "not reach", "not meet", "not hit", "undershot", "under - delivered"]),
    (Shape::Met, &["met", "meet", "hit", "hitting", "reached", "reach", "exceeded", "beat", "beating", "above target", "over target", "above their target", "achieved", "above plan", "overachieved", "surpassed", "outperformed", "exceeded their", "beat their", "made their target", "ahead of target", "ahead of", "meeting", "overshot", "above the target", "above their", "attained", "attain", "over - delivered"]),
    (Shape::Of, &["of", "of the", "of all", "of our", "of all the", "of all our", "belonging to", "under"]),
    (Shape::In, &["in", "at", "within", "inside", "into", "on", "during", "in the", "at the", "on the", "out of", "to be found in", "sit under", "located in", "based in", "living in", "through", "via", "throughout"]),
    (Shape::From, &["from", "from the", "coming from", "comes from", "come from", "came from", "out of"]),
    (Shape::For, &["for", "for the", "regarding", "concerning", "with regard to", "when it comes to", "towards", "toward", "about", "in terms of", "as regards", "with respect to", "in regard to", "for our", "for all our", "for all the"]),
    (Shape::With, &["with", "having", "that have", "who have", "which have", "with a", "with an", "that has", "who has", "whose", "where", "that had", "who had", "whose have", "which has", "containing", "where there are", "that are", "who are", "which are", "that is", "that were", "wherever"]),
    (Shape::To, &["to"]),
    (Shape::Than, &["than"]),
    (Shape::That, &["that", "that they", "those", "these", "this", "which they", "the ones that", "ones", "one", "it", "they", "them", "their", "its", "there", "here"]),
    (Shape::Half, &["half", "half of", "50 % of"]),
    (Shape::AccountFor, &["account for", "accounts for", "accounted for", "account~ for", "make up", "makes up", "made up", "bring in", "brings in", "brought in", "contribute~", "contribute~ to", "generate~", "represent~", "stand for", "stands for", "be responsible for", "responsible for", "constitute~", "attributable to", "attributed to", "be due to"]),
    (Shape::StartsWith, &["start with", "starts with", "starting with", "begin with", "begins with", "beginning with", "start~ with the letter", "begin~ with the letter", "starting with the letter"]),
    (Shape::EndsWith, &["end with", "ends with", "ending with", "ending in", "end in", "ends in"]),
    (Shape::Contains, &["contain~", "contain~ the word", "containing the word", "contain~ the text", "including the word", "with the word", "has the word", "named like", "with names like"]),
    (Shape::AboveAverage, &["above average", "above the average", "more than average", "more than the average", "better than average", "higher than average", "higher than the average", "over the average", "greater than the average", "above - average", "exceed~ the average", "larger than the average"]),
    (Shape::BelowAverage, &["below average", "below the average", "less than average", "less than the average", "worse than average", "lower than average", "lower than the average", "under the average", "below - average", "fewer than the average"]),
    (Shape::Missing, &["null", "empty", "blank", "unset", "not set", "undefined", "not available", "unspecified"]),
    (Shape::Deed, &["buy~", "shop with us", "shop~ with", "shopping", "shopped", "purchase~", "ordered from us", "visit~", "shop at", "shopped at", "use~", "go through", "went through", "go~", "come in", "shop in", "shopped in", "made", "make~", "place~", "placed as", "patronize~", "order~ from", "pick up", "transact~", "frequent~", "attract~", "draw~", "order online"]),
    (Shape::Sell, &["sell~", "take in", "took in", "taken in", "take~", "make~ from", "earn~", "ring up", "rang up", "rung up", "shift~ units", "move~ units", "turn over", "turned over", "collect~", "gross~", "bank~", "realize~", "achieve~", "pull in", "pulled in", "come in", "came in", "bring~", "rake in", "raked in", "produce~"]),
    (Shape::Mark, &[",", ":", "(", ")", ";", "-", "?", "!", ".", "\"", "'", "\u{2026}", "*", "[", "]"]),
];

/// Words that add nothing to a question.
const FILLERS: &[&str] = &[
    "the", "a", "an", "please", "pls", "kindly", "could", "can", "would", "like", "i", "me", "we", "us", "our", "ours", "my", "you", "your", "is", "are", "was", "were", "be",
    "been", "being", "am", "do", "does", "did", "done", "have", "has", "had", "having", "want", "need", "know", "see", "look", "looking", "at", "so", "some", "all", "also", "hey",
    "hi", "hello", "thanks", "thank", "okay", "ok", "well", "now", "then", "as", "if", "such", "same", "own", "whether", "quickly", "actually", "basically", "roughly", "approximately",
    "about", "around", "exact", "exactly", "just", "really", "right", "currently", "ones", "one", "it", "its", "they", "their", "them", "there", "here", "this", "that", "these",
    "those", "each", "other", "out", "up", "down", "off", "on", "onto", "by", "via", "given", "give", "given", "away", "handed", "hand", "handing", "granted", "let", "us", "sure",
    "wondering", "curious", "interested", "would", "should", "might", "must", "will", "shall", "carry", "carries", "carried", "stock", "operate", "operates", "operated", "run", "runs",
    "ran", "exist", "exists", "existing", "available", "offer", "offers", "offered", "record", "recorded", "records", "happen", "happened", "occur", "occurred", "get", "gets", "got",
    "getting", "fall", "falls", "fell", "belong", "belongs", "put", "puts", "end", "ends", "show", "shows", "terms", "respect", "entry", "entries", "value", "values", "figure", "figures",
    "data", "dataset", "database", "table", "result", "results", "info", "information", "detail", "details", "breakdown", "analysis", "overview", "report", "summary", "performance",
    "perform", "performs", "performed", "performing", "dollar", "dollars", "usd", "money", "during", "while", "along", "respectively", "corresponding", "associated", "related", "various",
    "several", "multiple", "many", "much", "company", "business", "companywide", "everything", "particular", "specific", "certain", "kind", "kinds", "type", "way", "case", "level",
    "answer", "question", "query", "sql", "return", "returns", "returned", "come", "comes", "came", "coming", "went", "gone", "go", "goes", "going", "live", "lives", "living", "reside", "resides",
    "located", "based", "situated", "placed", "made", "make", "makes", "making", "take", "takes", "took", "taken", "taking", "into", "upon", "toward", "towards", "account", "side",
    "versus", "numbers", "amounts", "list", "lists", "generated", "generate", "generates", "generating", "made", "earned", "earn", "brought", "bring", "brings", "bringing", "received", "receive",
    "customer's", "base", "recorded", "registered", "seen", "sees", "had", "held", "hold", "holds", "used", "use", "uses", "using", "called", "named", "names", "known", "considered",
    "single", "back", "yet", "still", "already", "even", "especially", "mainly", "mostly", "primarily", "what", "which", "who", "whom", "whose", "where", "how", "ever", "always", "contain", "sorts", "sort", "go", "put", "split", "it's", "lot", "lots", "today's", "within", "both",
    "different", "combined", "chain", "nationwide", "catalogue", "catalog", "assortment", "range", "portfolio", "calendar", "shown", "displayed", "listed", "included", "stated",
    "serve", "serves", "served", "serving", "cover", "covers", "covered", "contributed", "sit", "sits", "under", "pass", "passes", "happens", "look", "looks", "looked", "like", "do", "doing", "compare", "whatever", "anywhere", "everywhere", "somewhere",
    "ticket", "cash", "till", "register", "altogether", "bought", "buy", "buys", "buying", "purchased", "purchase", "purchases", "purchasing", "shop", "shops", "shopped", "shopping", "sell", "sells", "sold", "selling", "spend", "spends", "spent", "spending",
];

/// A word of a phrase.
#[derive(Debug)]
enum Word {
    Same(&'static str),
    Stem(String),
}

#[derive(Debug)]
struct Phrase {
    words: Vec<Word>,
    shape: Shape,
}

fn phrases() -> &'static BTreeMap<String, Vec<Phrase>> {
    static TABLE: OnceLock<BTreeMap<String, Vec<Phrase>>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table: BTreeMap<String, Vec<Phrase>> = BTreeMap::new();
        for (shape, list) in PHRASES {
            for text in *list {
                let words: Vec<Word> = text
                    .split_whitespace()
                    .map(|word| word.strip_suffix('~').map_or(Word::Same(word), |base| Word::Stem(stem(base))))
                    .collect();
                let key = match words.first() {
                    Some(Word::Same(word)) => stem(word),
                    Some(Word::Stem(stem)) => stem.clone(),
                    None => continue,
                };
                table.entry(key).or_default().push(Phrase { words, shape: *shape });
            }
        }
        for list in table.values_mut() {
            list.sort_by_key(|phrase| std::cmp::Reverse(phrase.words.len()));
        }
        table
    })
}

/// The longest phrase of the grammar from token `i`: how many tokens, and what it is.
pub(super) fn at(tokens: &[Token], i: usize) -> Option<(usize, Shape)> {
    let first = tokens.get(i).filter(|token| !token.quoted)?;
    let fits = |phrase: &&Phrase| {
        phrase.words.iter().enumerate().all(|(k, word)| {
            tokens.get(i + k).is_some_and(|token| {
                !token.quoted
                    && match word {
                        Word::Same(same) => token.norm == *same,
                        Word::Stem(stem) => token.stem == *stem,
                    }
            })
        })
    };
    phrases().get(&stem(&first.norm))?.iter().find(fits).map(|phrase| (phrase.words.len(), phrase.shape))
}

/// Whether a word adds nothing.
pub(crate) fn filler(token: &Token) -> bool {
    FILLERS.contains(&token.norm.as_str())
}

/// Whether a word occurs in a phrase of the grammar.
pub(super) fn knows(token: &Token) -> bool {
    static WORDS: OnceLock<BTreeSet<String>> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        let words = PHRASES.iter().flat_map(|(_, list)| list.iter()).flat_map(|text| text.split_whitespace());
        words.map(|word| stem(word.trim_end_matches('~'))).collect()
    });
    words.contains(&token.stem)
}

/// The words of the grammar that a typing error may be mended to.
pub(super) fn vocabulary() -> &'static BTreeMap<String, String> {
    static WORDS: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let words = ["average", "median", "total", "percentage", "highest", "lowest", "compared", "between", "quarter", "month", "yesterday", "growth", "cumulative", "customers", "bottom", "share", "january", "february", "august", "september", "october", "november", "december", "without"];
        words.iter().map(|word| (stem(word), (*word).to_owned())).collect()
    })
}
