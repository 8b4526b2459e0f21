//! Reading the values of a database into the lexicon.
