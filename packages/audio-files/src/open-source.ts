import { DecodeRejection } from './decode-verdict.js';
import { sniffAudio, sniffBytes } from './sniff-audio.js';
import type { AudioContainer } from './sniff-audio.js';
import type { AudioSource, PcmBlock } from './audio-source.js';
import { compressedBlocks } from './codecs/compressed-blocks.js';
import { trimBlocks } from './codecs/trim-blocks.js';
import { readAiffLayout } from './containers/aiff.js';
import { readFlacFacts } from './containers/flac.js';
import { readMp4Facts } from './containers/mp4.js';
import { readAdtsFacts, readMp3Facts } from './containers/mpeg.js';
import { readOggFacts } from './containers/ogg.js';
import type { StreamFacts } from './containers/stream-facts.js';
import { readWavLayout } from './containers/wav.js';
import { readWebmFacts } from './containers/webm.js';
import type { FileBytes } from './file-bytes.js';
import { pcmSource } from './pcm-source.js';

/** Frames of AAC with SBR, the longest there are, and the codecs' delays stay below it. */
const codecToleranceMs = 100;
const maxTags = 8;

/**
 * Recognises a file by its content and reads its headers.
 * @throws DecodeRejection when it is empty, no audio, of an unknown kind, or its headers are damaged
 */
export async function openSource(file: FileBytes): Promise<AudioSource> {
  if (file.sizeBytes === 0) throw new DecodeRejection('empty', 'The file has no bytes.');
  const { container, at } = await recognise(file);
  switch (container) {
    case 'wav':
      return pcmSource(file, container, await readWavLayout(file));
    case 'aiff':
      return pcmSource(file, container, await readAiffLayout(file));
    case 'flac':
      return {
        ...codecSource(container, await readFlacFacts(file, at), () => compressedBlocks(file, container, at)),
        toleranceMs: 0,
      };
    case 'mp3':
      return codecSource(container, await readMp3Facts(file, at), () => compressedBlocks(file, container, at));
    case 'aac':
      return trimmedSource(container, await readAdtsFacts(file, at), () => compressedBlocks(file, container, at));
    case 'ogg':
      return trimmedSource(container, await readOggFacts(file), () => compressedBlocks(file, container, 0));
    case 'mp4':
      return trimmedSource(container, await readMp4Facts(file), () => compressedBlocks(file, container, 0));
    case 'webm':
      return codecSource(container, await readWebmFacts(file), () => compressedBlocks(file, container, 0));
  }
}

/** Skips ID3 tags, which stand before MP3, ADTS and even FLAC. */
async function recognise(file: FileBytes): Promise<{ container: AudioContainer; at: number }> {
  let at = 0;
  for (let tags = 0; tags < maxTags; tags++) {
    const sniffed = sniffAudio(await file.read(at, sniffBytes));
    switch (sniffed.kind) {
      case 'audio':
        return { container: sniffed.container, at: at + sniffed.at };
      case 'not_audio':
        throw new DecodeRejection('no_audio', `The file is ${sniffed.what}, not audio.`);
      case 'unsupported':
        throw new DecodeRejection('undecodable', `${sniffed.what} files are not supported.`);
      case 'unknown':
        throw new DecodeRejection('undecodable', 'The file is of no known audio format, or damaged from its beginning.');
      case 'id3':
        at += sniffed.sizeBytes;
    }
    if (at >= file.sizeBytes) break;
  }
  throw new DecodeRejection('empty', 'The file holds tags and no audio.');
}

/** The container says where within the decoded samples the audio begins and ends. */
function trimmedSource(container: AudioContainer, facts: StreamFacts, blocks: () => AsyncGenerator<PcmBlock>): AudioSource {
  const { leadMs: fromMs = 0, promisedMs } = facts;
  return codecSource(container, facts, () => trimBlocks(blocks(), { fromMs, lengthMs: promisedMs ?? Infinity }));
}

function codecSource(container: AudioContainer, facts: StreamFacts, blocks: () => AsyncGenerator<PcmBlock>): AudioSource {
  const { codec, sampleRateHz, channels, promisedMs, isCut } = facts;
  return {
    container,
    codec,
    sampleRateHz,
    channels,
    promisedMs,
    isCut,
    isCompressed: true,
    toleranceMs: codecToleranceMs,
    blocks,
  };
}
