//! Zstandard files of any number of frames.

use std::io::{self, BufRead, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// Decompresses frame after frame and checks their checksums.
pub(super) struct ZstdFrames<R: BufRead> {
    input: R,
    decoder: FrameDecoder,
    inside_frame: bool,
}

impl<R: BufRead> ZstdFrames<R> {
    /// Starts before the first frame.
    pub(super) fn new(input: R) -> ZstdFrames<R> {
        ZstdFrames {
            input,
            decoder: FrameDecoder::new(),
            inside_frame: false,
        }
    }

    /// Goes to the next frame with contents; `false` at the end of the file.
    fn enter_frame(&mut self) -> io::Result<bool> {
        while !self.input.fill_buf()?.is_empty() {
            match self.decoder.init(&mut self.input) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    io::copy(
                        &mut self.input.by_ref().take(u64::from(length)),
                        &mut io::sink(),
                    )?;
                }
                Err(error) => return Err(zstd_error(error)),
            }
        }
        Ok(false)
    }

    fn leave_frame(&mut self) -> io::Result<()> {
        let (written, computed) = (
            self.decoder.get_checksum_from_data(),
            self.decoder.get_calculated_checksum(),
        );
        match written {
            Some(written) if Some(written) != computed => {
                Err(zstd_error("the checksum of a frame is wrong"))
            }
            _ => Ok(()),
        }
    }
}

impl<R: BufRead> Read for ZstdFrames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.inside_frame {
                self.inside_frame = self.enter_frame()?;
                if !self.inside_frame {
                    return Ok(0);
                }
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let one_block = BlockDecodingStrategy::UptoBlocks(1);
                self.decoder
                    .decode_blocks(&mut self.input, one_block)
                    .map_err(zstd_error)?;
            }
            let count = self.decoder.read(buffer)?;
            if count > 0 {
                return Ok(count);
            }
            self.leave_frame()?;
            self.inside_frame = false;
        }
    }
}

fn zstd_error(error: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("zstd: {error}"))
}
