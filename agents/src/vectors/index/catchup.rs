//! Makes the store hold what the documents say, after every change and after a killed process.

use std::collections::BTreeMap;
use std::sync::Arc;

use synthbook_synth::Progress;

use super::documents::{Documents, Pending};
use super::{CHUNK, GRAPH_FROM, Index, stop};
use crate::vectors::{Bm25, Point, VectorError};

/// How many numbers are compared at a time.
const PAGE: usize = 50_000;

impl Index {
    /// Compares the store with the documents and makes good what differs.
    pub(super) fn catch_up(&self, progress: &Progress) -> Result<(), VectorError> {
        let (store, collection) = (&self.inner.store, &self.inner.collection);
        let mut documents = self.documents();
        let compared = store.create(collection, &self.schema()).and_then(|()| self.compare(&documents));
        match compared {
            Ok(()) => {}
            // The store is damaged, or was made for something else: all of it can be made again.
            Err(VectorError::Store { message }) => {
                tracing::warn!(index = %self.inner.name, %message, "the index's vectors are made again");
                self.start_again(&mut documents)?;
            }
            Err(VectorError::CollectionExists { .. }) => self.start_again(&mut documents)?,
            Err(error) => return Err(error),
        }
        self.sweep_removed(&documents)?;
        let made = self.index_pending(&documents, progress)?;
        drop(documents);
        self.build_graph(made, progress)
    }

    fn start_again(&self, documents: &mut Documents) -> Result<(), VectorError> {
        self.inner.store.drop_collection(&self.inner.collection)?;
        documents.forget_vectors(self.inner.embedder.name())?;
        self.inner.store.create(&self.inner.collection, &self.schema())
    }

    /// Finds what the store has lost and what it should have.
    fn compare(&self, documents: &Documents) -> Result<(), VectorError> {
        let mut expected: BTreeMap<u64, bool> = documents.numbers()?;
        let mut strangers = Vec::new();
        let mut from = 0;
        loop {
            let page = self.inner.store.ids(&self.inner.collection, from, PAGE)?;
            let Some(last) = page.last() else { break };
            from = last + 1;
            let is_last = page.len() < PAGE;
            strangers.extend(page.into_iter().filter(|id| expected.remove(id).is_none()));
            if is_last {
                break;
            }
        }
        let lost: Vec<u64> = expected.into_iter().filter(|(_, marked)| *marked).map(|(id, _)| id).collect();
        documents.unmark(&lost)?;
        if strangers.is_empty() { Ok(()) } else { self.inner.store.delete(&self.inner.collection, &strangers) }
    }

    /// Removes from the store what was removed from the documents.
    pub(super) fn sweep_removed(&self, documents: &Documents) -> Result<(), VectorError> {
        let removed = documents.removed()?;
        if removed.is_empty() {
            return Ok(());
        }
        self.inner.store.delete(&self.inner.collection, &removed)?;
        documents.forget_removed()
    }

    /// Makes the vectors that are missing and says how many.
    pub(super) fn index_pending(&self, documents: &Documents, progress: &Progress) -> Result<u64, VectorError> {
        let mut made = 0;
        loop {
            let pending = documents.pending(CHUNK)?;
            if pending.is_empty() {
                return Ok(made);
            }
            stop(progress)?;
            let ids: Vec<u64> = pending.iter().map(|pending| pending.id).collect();
            let (known, fresh): (Vec<Pending>, Vec<Pending>) =
                pending.into_iter().partition(|pending| pending.has_vector);
            for pending in known {
                self.inner.store.set_payload(&self.inner.collection, pending.id, &pending.payload)?;
            }
            made += self.make_vectors(documents, &fresh)?;
            documents.mark(&ids)?;
            progress.report(None, &format!("{made} texts indexed"));
        }
    }

    fn make_vectors(&self, documents: &Documents, fresh: &[Pending]) -> Result<u64, VectorError> {
        if fresh.is_empty() {
            return Ok(0);
        }
        let bm25 = self.bm25(documents)?;
        // The same text is embedded once, however often it is there.
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for pending in fresh {
            let next = places.len();
            places.entry(pending.text.as_str()).or_insert(next);
        }
        let mut texts = vec![""; places.len()];
        for (text, place) in &places {
            texts[*place] = text;
        }
        let embedder = &self.inner.embedder;
        let vectors = embedder.embed(&texts)?;
        let tokens = if self.inner.late_interaction { embedder.embed_tokens(&texts)? } else { None };
        if vectors.len() != texts.len() || tokens.as_ref().is_some_and(|tokens| tokens.len() != texts.len()) {
            return Err(VectorError::Embed { reason: "it gave not as many vectors as texts".to_owned() });
        }
        let points: Vec<Point> = fresh
            .iter()
            .map(|pending| {
                let place = places[pending.text.as_str()];
                Point {
                    id: pending.id,
                    dense: Some(vectors[place].clone()),
                    sparse: Some(bm25.document(&pending.text)),
                    multi: tokens.as_ref().map(|tokens| tokens[place].clone()),
                    payload: pending.payload.clone(),
                }
            })
            .collect();
        self.inner.store.upsert(&self.inner.collection, &points)?;
        Ok(texts.len() as u64)
    }

    /// The weights of words for a query, which don't depend on how long texts are.
    pub(super) fn query_words(&self, text: &str) -> Result<crate::vectors::Sparse, VectorError> {
        if let Some(bm25) = self.words().as_ref() {
            return Ok(bm25.query(text));
        }
        Ok(Bm25::new(1.0)?.query(text))
    }

    /// The weights of words, for texts as long as the first ones were.
    fn bm25(&self, documents: &Documents) -> Result<Arc<Bm25>, VectorError> {
        let mut words = self.words();
        if let Some(bm25) = words.as_ref() {
            return Ok(bm25.clone());
        }
        let known = documents.meta("average_words")?.and_then(|text| text.parse::<f64>().ok());
        let average = if let Some(average) = known {
            average
        } else {
            let average = documents.average_words()?.max(1.0);
            documents.set_meta("average_words", &average.to_string())?;
            average
        };
        let bm25 = Arc::new(Bm25::new(average)?);
        *words = Some(bm25.clone());
        Ok(bm25)
    }

    /// Builds the graph where there are enough new points for it to matter.
    pub(super) fn build_graph(&self, made: u64, progress: &Progress) -> Result<(), VectorError> {
        if made == 0 || self.inner.store.count(&self.inner.collection, None)? < GRAPH_FROM {
            return Ok(());
        }
        progress.report(None, "building the search graph");
        self.inner.store.optimize(&self.inner.collection)
    }
}
