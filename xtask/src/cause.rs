//! Recognises the common causes behind a failing program by what it printed.

/// A cause that has its own remedy whatever step it meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// No way to the package registries.
    Network,
    /// The disk, or the user's share of it, is full.
    DiskFull,
    /// The user may not write there.
    Permission,
}

const SIGNS: [(Cause, &[&str]); 3] = [
    (Cause::DiskFull, &["no space left on device", "disk quota exceeded", "enospc", "os error 28"]),
    (
        Cause::Network,
        &[
            "temporary failure in name resolution",
            "temporary failure resolving",
            "could not resolve",
            "couldn't resolve",
            "name or service not known",
            "network is unreachable",
            "enotfound",
            "eai_again",
            "etimedout",
            "econnrefused",
            "econnreset",
            "newconnectionerror",
            "failed to establish a new connection",
            "connection timed out",
            "connection refused",
            "spurious network error",
            "(from versions: none)",
        ],
    ),
    (Cause::Permission, &["permission denied", "eacces", "os error 13"]),
];

/// The cause that the text of an error or the tail of a program's output points at.
pub(crate) fn recognise(text: &str) -> Option<Cause> {
    let text = text.to_lowercase();
    SIGNS.iter().find(|(_, signs)| signs.iter().any(|sign| text.contains(sign))).map(|(cause, _)| *cause)
}

impl Cause {
    /// What to do about it, as a sentence.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::Network => {
                "The network can't be reached; this step fetches packages: check the connection or the proxy settings."
            }
            Self::DiskFull => {
                "The disk is full: free some space (`cargo xtask prefix` prints the folders that are used)."
            }
            Self::Permission => {
                "A folder can't be written to: `cargo xtask prefix` prints the folders that are used; look at their owner."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_messages_are_recognised() {
        let cases = [
            ("npm error code EAI_AGAIN", Some(Cause::Network)),
            ("E: Temporary failure resolving 'x'", Some(Cause::Network)),
            ("OSError: [Errno 28] No space left on device", Some(Cause::DiskFull)),
            ("cp: cannot create: Permission denied", Some(Cause::Permission)),
            ("error[E0308]: mismatched types", None),
        ];
        for (text, cause) in cases {
            assert_eq!(recognise(text), cause, "{text}");
        }
    }
}
