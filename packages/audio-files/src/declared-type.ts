import type { AudioContainer } from './sniff-audio.js';

/** What a client said about a file before anyone looked into it. */
export interface DeclaredType {
  readonly filename?: string;
  readonly contentType?: string;
}

const byExtension: Readonly<Record<string, readonly AudioContainer[]>> = {
  wav: ['wav'],
  wave: ['wav'],
  rf64: ['wav'],
  aif: ['aiff'],
  aiff: ['aiff'],
  aifc: ['aiff'],
  mp3: ['mp3'],
  mp2: ['mp3'],
  mpga: ['mp3'],
  aac: ['aac'],
  adts: ['aac'],
  mp4: ['mp4'],
  m4a: ['mp4'],
  m4b: ['mp4'],
  mov: ['mp4'],
  ogg: ['ogg'],
  oga: ['ogg'],
  opus: ['ogg'],
  flac: ['flac'],
  webm: ['webm'],
  weba: ['webm'],
  mkv: ['webm'],
  mka: ['webm'],
};
const bySubtype: Readonly<Record<string, readonly AudioContainer[]>> = {
  wav: ['wav'],
  wave: ['wav'],
  'x-wav': ['wav'],
  'vnd.wave': ['wav'],
  aiff: ['aiff'],
  'x-aiff': ['aiff'],
  mpeg: ['mp3'],
  mp3: ['mp3'],
  aac: ['aac', 'mp4'],
  aacp: ['aac'],
  mp4: ['mp4'],
  m4a: ['mp4'],
  'x-m4a': ['mp4'],
  quicktime: ['mp4'],
  ogg: ['ogg'],
  opus: ['ogg'],
  vorbis: ['ogg'],
  flac: ['flac', 'ogg'],
  'x-flac': ['flac'],
  webm: ['webm'],
  'x-matroska': ['webm'],
  matroska: ['webm'],
};

/**
 * Whether the file's name, or else its content type, speaks of something other than what the bytes are.
 * A name ending in nothing known, and `application/octet-stream`, speak of nothing.
 */
export function contradictsContent(declared: DeclaredType, content: AudioContainer): boolean {
  const extension = declared.filename?.toLowerCase().match(/\.([a-z0-9]+)$/)?.[1];
  const [type = '', subtype = ''] = (declared.contentType?.toLowerCase().split(';')[0]?.trim() ?? '').split('/');
  if (extension !== undefined && extension !== 'bin' && (byExtension[extension] ?? foreign(extension))) {
    return !(byExtension[extension] ?? []).includes(content);
  }
  if (type === 'text' || type === 'image') return true;
  const meant = bySubtype[subtype];
  return meant !== undefined && !meant.includes(content);
}

/** Endings that plainly name something else than audio. */
function foreign(extension: string): boolean {
  return ['txt', 'json', 'csv', 'html', 'pdf', 'zip', 'png', 'jpg', 'jpeg', 'gif', 'doc', 'docx'].includes(extension);
}
