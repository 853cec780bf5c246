import { openAsBlob } from 'node:fs';
import { basename, extname } from 'node:path';

/** A file to upload: a path on this machine, or bytes with a name. */
export type AudioSource =
  string | { readonly filename: string; readonly content: Blob | Uint8Array; readonly contentType?: string };

/** A source ready to send; a path is streamed from disk, never read whole. */
export interface OpenedSource {
  readonly filename: string;
  readonly contentType: string;
  readonly blob: Blob;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.aac': 'audio/aac',
  '.flac': 'audio/flac',
  '.m4a': 'audio/mp4',
  '.mp3': 'audio/mpeg',
  '.mp4': 'audio/mp4',
  '.ogg': 'audio/ogg',
  '.opus': 'audio/ogg',
  '.wav': 'audio/wav',
  '.webm': 'audio/webm',
};

/** Opens a source; throws when the path cannot be read. */
export async function openSource(source: AudioSource): Promise<OpenedSource> {
  const filename = typeof source === 'string' ? basename(source) : source.filename;
  const guessed = contentTypes[extname(filename).toLowerCase()] ?? 'application/octet-stream';
  const contentType = typeof source === 'string' ? guessed : (source.contentType ?? guessed);
  if (typeof source === 'string') return { filename, contentType, blob: await openAsBlob(source, { type: contentType }) };
  // The bytes may stand in shared memory, which a Blob copies all the same.
  return { filename, contentType, blob: new Blob([source.content], { type: contentType }) };
}

/** A presigned form upload as the API hands it out. */
export interface PresignedForm {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Posts a file to storage by its presigned form; throws with storage's status when it refuses. */
export async function postToStorage(form: PresignedForm, { blob, filename }: OpenedSource, send: typeof fetch): Promise<void> {
  const body = new FormData();
  for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
  body.append('file', blob, filename);
  const response = await send(form.url, { method: 'POST', body });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`Storage refused the upload of ${filename} with status ${response.status}.`);
}
