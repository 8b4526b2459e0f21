//! Pictures in binary formats.
#![allow(non_snake_case, reason = "a constructor is called by the name of its type: Png(bytes)")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Rich;
use crate::bundle::Bundle;

macro_rules! image {
    ($($(#[$doc:meta])* $name:ident => $mime:literal, $plain:literal;)*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            bytes: Vec<u8>,
        }

        $(#[$doc])*
        #[must_use]
        pub fn $name(bytes: impl Into<Vec<u8>>) -> $name {
            $name { bytes: bytes.into() }
        }

        impl Rich for $name {
            fn bundle(&self) -> Bundle {
                Bundle::text(format!("<{}, {} bytes>", $plain, self.bytes.len()))
                    .with($mime, STANDARD.encode(&self.bytes))
            }
        }
    )* };
}

image! {
    /// A picture: the bytes of a PNG file.
    Png => "image/png", "PNG picture";
    /// A picture: the bytes of a JPEG file.
    Jpeg => "image/jpeg", "JPEG picture";
}
