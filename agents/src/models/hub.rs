//! Fetches a model's files from an address that the user named, going on where it stopped.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use futures_util::StreamExt;
use reqwest::StatusCode;
use synthbook_synth::Progress;

use super::ModelError;
use super::manifest::ModelFile;

/// How long the server may say nothing.
const SILENCE: Duration = Duration::from_secs(30);

/// The file of that name below `base`, written to `partial`.
pub(super) fn fetch(base: &url::Url, file: &ModelFile, partial: &Path, progress: &Progress) -> Result<(), ModelError> {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().push(&file.name);
    }
    let shown = shown(&url);
    let failed = |reason: String| ModelError::Hub { url: shown.clone(), reason };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| failed(error.to_string()))?;
    runtime.block_on(download(url, file, partial, progress, &failed))
}

async fn download(
    url: url::Url,
    file: &ModelFile,
    partial: &Path,
    progress: &Progress,
    failed: &dyn Fn(String) -> ModelError,
) -> Result<(), ModelError> {
    let on_disk = |error: std::io::Error| ModelError::files(partial, &error);
    let said = |error: reqwest::Error| failed(error.without_url().to_string());
    let client = reqwest::Client::builder().connect_timeout(SILENCE).read_timeout(SILENCE).build().map_err(said)?;
    let have = fs::metadata(partial).map_or(0, |data| data.len());
    let mut request = client.get(url);
    if have > 0 && have < file.bytes {
        request = request.header(reqwest::header::RANGE, format!("bytes={have}-"));
    }
    let answer = request.send().await.map_err(said)?;
    let mut have = match answer.status() {
        StatusCode::PARTIAL_CONTENT => have,
        StatusCode::OK => 0,
        other => return Err(failed(format!("the server answered {other}"))),
    };
    let mut out =
        File::options().create(true).write(true).append(have > 0).truncate(have == 0).open(partial).map_err(on_disk)?;
    let mut body = answer.bytes_stream();
    while let Some(part) = body.next().await {
        let part = part.map_err(said)?;
        have += part.len() as u64;
        if have > file.bytes {
            drop(out);
            fs::remove_file(partial).map_err(on_disk)?;
            return Err(failed(format!("it is longer than the {} bytes it should have", file.bytes)));
        }
        out.write_all(&part).map_err(on_disk)?;
        progress.report(Some(have as f64 / file.bytes as f64), &format!("fetching {}", file.name));
        if progress.cancelled() {
            return Err(ModelError::Cancelled);
        }
    }
    out.flush().map_err(on_disk)?;
    if have < file.bytes {
        return Err(failed(format!("it ended after {have} of {} bytes", file.bytes)));
    }
    Ok(())
}

/// Without a name and password.
fn shown(url: &url::Url) -> String {
    let mut url = url.clone();
    let hidden = url.set_username("").and_then(|()| url.set_password(None));
    url.set_query(None);
    if hidden.is_err() { url.host_str().unwrap_or_default().to_owned() } else { url.to_string() }
}
