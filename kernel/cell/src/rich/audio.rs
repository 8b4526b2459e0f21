//! Sound, as a player.
#![allow(non_snake_case, reason = "a constructor is called by the name of its type: Audio(wav)")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Rich;
use crate::bundle::Bundle;

/// Sound with a player: the bytes of a WAV file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audio {
    wav: Vec<u8>,
}

/// Sound with a player: the bytes of a WAV file.
#[must_use]
pub fn Audio(wav: impl Into<Vec<u8>>) -> Audio {
    Audio { wav: wav.into() }
}

impl Audio {
    /// One channel of samples from -1 to 1 (others are clipped) at a rate in hertz, as 16-bit PCM.
    #[must_use]
    pub fn from_samples(samples: &[f32], rate: u32) -> Self {
        const HEADER: u32 = 44;
        let size = (samples.len() as u32).saturating_mul(2);
        let mut wav = Vec::with_capacity(HEADER as usize + 2 * samples.len());
        wav.extend_from_slice(b"RIFF");
        wav.extend_from_slice(&(HEADER - 8).saturating_add(size).to_le_bytes());
        wav.extend_from_slice(b"WAVEfmt ");
        wav.extend_from_slice(&16_u32.to_le_bytes());
        wav.extend_from_slice(&1_u16.to_le_bytes());
        wav.extend_from_slice(&1_u16.to_le_bytes());
        wav.extend_from_slice(&rate.to_le_bytes());
        wav.extend_from_slice(&rate.saturating_mul(2).to_le_bytes());
        wav.extend_from_slice(&2_u16.to_le_bytes());
        wav.extend_from_slice(&16_u16.to_le_bytes());
        wav.extend_from_slice(b"data");
        wav.extend_from_slice(&size.to_le_bytes());
        for sample in samples {
            let level = (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)).round() as i16;
            wav.extend_from_slice(&level.to_le_bytes());
        }
        Self { wav }
    }

    /// The bytes of the WAV file.
    #[must_use]
    pub fn wav(&self) -> &[u8] {
        &self.wav
    }
}

impl Rich for Audio {
    fn bundle(&self) -> Bundle {
        let player = format!(
            "<audio controls preload=\"metadata\" src=\"data:audio/wav;base64,{}\"></audio>",
            STANDARD.encode(&self.wav)
        );
        Bundle::text(format!("<sound, {} bytes>", self.wav.len())).with("text/html", player)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_become_a_wav_file() {
        let audio = Audio::from_samples(&[0.0, 1.0, -2.0], 8000);
        let wav = audio.wav();
        assert_eq!(wav.len(), 50);
        assert_eq!(&wav[..4], b"RIFF");
        assert_eq!(wav[4..8], 42_u32.to_le_bytes());
        assert_eq!(wav[40..44], 6_u32.to_le_bytes());
        assert_eq!(wav[44..], [0, 0, 255, 127, 1, 128]);
    }
}
