//! Containers and codecs of compressed audio, for one file per instance: the host opens it and asks for block after block.
//!
//! The host lends the file through `read_at`. Decoded audio lies planar in this module's memory until the next call. A panic traps,
//! which the host takes as the verdict that the file is damaged.

#![allow(unknown_lints, static_mut_refs)]

use std::io::{Error, ErrorKind, Read, Result as IoResult, Seek, SeekFrom};
use symphonia_bundle_flac::{FlacDecoder, FlacReader};
use symphonia_bundle_mp3::{MpaDecoder, MpaReader};
use symphonia_codec_aac::{AacDecoder, AdtsReader};
use symphonia_codec_alac::AlacDecoder;
use symphonia_codec_vorbis::VorbisDecoder;
use symphonia_core::audio::{AudioBuffer, AudioBufferRef, Signal};
use symphonia_core::codecs::*;
use symphonia_core::errors::{Error as AudioError, Result};
use symphonia_core::formats::{FormatOptions, FormatReader, Packet};
use symphonia_core::io::{MediaSource, MediaSourceStream};
use symphonia_format_isomp4::IsoMp4Reader;
use symphonia_format_mkv::MkvReader;
use symphonia_format_ogg::OggReader;

#[link(wasm_import_module = "host")]
extern "C" {
    /// Copies file bytes from `position` to `target`; answers how many, less than `length` only at the end.
    fn read_at(position: f64, target: *mut u8, length: usize) -> usize;
}

/// The part of the host's file that begins at `start`. Not seekable, it is read in one go, whatever an index in it claims.
struct HostFile {
    is_seekable: bool,
    start: u64,
    length: u64,
    position: u64,
}

impl Read for HostFile {
    fn read(&mut self, target: &mut [u8]) -> IoResult<usize> {
        let count = unsafe { read_at((self.start + self.position) as f64, target.as_mut_ptr(), target.len()) };
        let count = count.min(target.len());
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for HostFile {
    fn seek(&mut self, to: SeekFrom) -> IoResult<u64> {
        let target = match to {
            SeekFrom::Start(position) => position as i128,
            SeekFrom::Current(offset) => self.position as i128 + offset as i128,
            SeekFrom::End(offset) => self.length as i128 + offset as i128,
        };
        if target < 0 || target > u64::MAX as i128 {
            return Err(Error::new(ErrorKind::InvalidInput, "before the file"));
        }
        self.position = target as u64;
        Ok(self.position)
    }
}

impl MediaSource for HostFile {
    fn is_seekable(&self) -> bool {
        self.is_seekable
    }
    fn byte_len(&self) -> Option<u64> {
        Some(self.length)
    }
}

/// What `next` answers when nothing more follows, and when the packet lies in `packet_at` for a codec of the host.
const END: i32 = 0;
const PACKET: i32 = -1;
const FAILED: i32 = -2;
const UNSUPPORTED: i32 = -3;
const CUT: i32 = -4;
const SKIPPED: i32 = -5;

/// A cut file's index lies behind its end, where the reader would look for it first.
const WEBM: u32 = 5;

struct Session {
    reader: Box<dyn FormatReader>,
    decoder: Option<Box<dyn Decoder>>,
    track: u32,
    block: AudioBuffer<f32>,
    packet: Option<Packet>,
    setup: Vec<u8>,
}

static mut SESSION: Option<Session> = None;
static mut COMPLAINT: String = String::new();

/// The one session; WebAssembly has one thread here.
fn session() -> &'static mut Session {
    unsafe { SESSION.as_mut().expect("open comes first") }
}

/// Opens the file from `start`, `length` bytes, as container 0 mp3, 1 adts, 2 flac, 3 ogg, 4 mp4, 5 webm. Answers 1 when this module
/// decodes its first audio track, 2 when only its packets come from here, and a negative number for a complaint.
#[no_mangle]
pub extern "C" fn open(container: u32, start: f64, length: f64) -> i32 {
    let file = HostFile { is_seekable: container != WEBM, start: start as u64, length: length as u64, position: 0 };
    let opened = reader_of(container, MediaSourceStream::new(Box::new(file), Default::default())).and_then(session_of);
    match opened {
        Ok(session) => {
            let answer = if session.decoder.is_some() { 1 } else { 2 };
            unsafe { SESSION = Some(session) };
            answer
        }
        Err(error) => complain(error),
    }
}

fn reader_of(container: u32, stream: MediaSourceStream) -> Result<Box<dyn FormatReader>> {
    let options = FormatOptions { enable_gapless: true, ..Default::default() };
    Ok(match container {
        0 => Box::new(MpaReader::try_new(stream, &options)?),
        1 => Box::new(AdtsReader::try_new(stream, &options)?),
        2 => Box::new(FlacReader::try_new(stream, &options)?),
        3 => Box::new(OggReader::try_new(stream, &options)?),
        4 => Box::new(IsoMp4Reader::try_new(stream, &options)?),
        WEBM => Box::new(MkvReader::try_new(stream, &options)?),
        _ => return Err(AudioError::Unsupported("no such container")),
    })
}

fn session_of(reader: Box<dyn FormatReader>) -> Result<Session> {
    let track = reader.tracks().iter().find(|track| is_audio(track.codec_params.codec));
    let (track, parameters) = match track {
        Some(track) => (track.id, track.codec_params.clone()),
        None => return Err(AudioError::Unsupported("no audio track with a known codec")),
    };
    let decoder = decoder_of(&parameters)?;
    let setup = parameters.extra_data.as_deref().unwrap_or(&[]).to_vec();
    Ok(Session { reader, decoder, track, block: AudioBuffer::unused(), packet: None, setup })
}

fn is_audio(codec: CodecType) -> bool {
    [CODEC_TYPE_MP1, CODEC_TYPE_MP2, CODEC_TYPE_MP3, CODEC_TYPE_AAC, CODEC_TYPE_FLAC, CODEC_TYPE_VORBIS, CODEC_TYPE_ALAC, CODEC_TYPE_OPUS]
        .contains(&codec)
}

fn decoder_of(parameters: &CodecParameters) -> Result<Option<Box<dyn Decoder>>> {
    let options = DecoderOptions::default();
    Ok(Some(match parameters.codec {
        CODEC_TYPE_OPUS => return Ok(None),
        CODEC_TYPE_AAC => Box::new(AacDecoder::try_new(parameters, &options)?),
        CODEC_TYPE_FLAC => Box::new(FlacDecoder::try_new(parameters, &options)?),
        CODEC_TYPE_VORBIS => Box::new(VorbisDecoder::try_new(parameters, &options)?),
        CODEC_TYPE_ALAC => Box::new(AlacDecoder::try_new(parameters, &options)?),
        _ => Box::new(MpaDecoder::try_new(parameters, &options)?),
    }))
}

/// Decodes the next packet: the number of samples per channel, or one of the constants above.
#[no_mangle]
pub extern "C" fn next() -> i32 {
    let session = session();
    let packet = match session.reader.next_packet() {
        Ok(packet) => packet,
        Err(AudioError::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => return END,
        Err(error) => return complain(error),
    };
    if packet.track_id() != session.track {
        return SKIPPED;
    }
    let answer = match session.decoder.as_mut() {
        None => PACKET,
        Some(decoder) => match decoder.decode(&packet) {
            Ok(decoded) => keep(&mut session.block, decoded),
            Err(AudioError::DecodeError(_)) | Err(AudioError::IoError(_)) => SKIPPED,
            Err(error) => return complain(error),
        },
    };
    session.packet = Some(packet);
    answer
}

/// Converts a decoded buffer of any sample type; answers its length.
fn keep(block: &mut AudioBuffer<f32>, decoded: AudioBufferRef<'_>) -> i32 {
    let spec = *decoded.spec();
    if block.capacity() < decoded.capacity() || *block.spec() != spec {
        *block = AudioBuffer::new(decoded.capacity() as u64, spec);
    }
    decoded.convert(block);
    match block.frames() {
        0 => SKIPPED,
        frames => frames as i32,
    }
}

fn complain(error: AudioError) -> i32 {
    unsafe { COMPLAINT = error.to_string() };
    match error {
        AudioError::Unsupported(_) => UNSUPPORTED,
        AudioError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => CUT,
        _ => FAILED,
    }
}

#[no_mangle]
pub extern "C" fn channels() -> u32 {
    session().block.spec().channels.count() as u32
}

#[no_mangle]
pub extern "C" fn rate() -> u32 {
    session().block.spec().rate
}

/// Where the samples of a channel lie, 32-bit floats.
#[no_mangle]
pub extern "C" fn plane_at(channel: usize) -> *const f32 {
    session().block.chan(channel).as_ptr()
}

#[no_mangle]
pub extern "C" fn packet_at() -> *const u8 {
    session().packet.as_ref().map_or(std::ptr::null(), |packet| packet.buf().as_ptr())
}

#[no_mangle]
pub extern "C" fn packet_length() -> usize {
    session().packet.as_ref().map_or(0, |packet| packet.buf().len())
}

/// The codec's setup header, for a codec of the host.
#[no_mangle]
pub extern "C" fn setup_at() -> *const u8 {
    session().setup.as_ptr()
}

#[no_mangle]
pub extern "C" fn setup_length() -> usize {
    session().setup.len()
}

#[no_mangle]
pub extern "C" fn complaint_at() -> *const u8 {
    unsafe { COMPLAINT.as_ptr() }
}

#[no_mangle]
pub extern "C" fn complaint_length() -> usize {
    unsafe { COMPLAINT.len() }
}
