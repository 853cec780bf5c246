/** A request as a client of presigned permissions sends it. */
export type StorageRequest =
  | { readonly method: 'GET' }
  | { readonly method: 'PUT'; readonly bytes: Uint8Array }
  | { readonly method: 'POST'; readonly fields: Readonly<Record<string, string>>; readonly file: Uint8Array };

/** Storage's answer; header names are lower-case. */
export interface StorageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

/** Sends a request to a presigned URL. */
export type StorageHttp = (url: string, request: StorageRequest) => Promise<StorageAnswer>;

/** {@link StorageHttp} over the network, as browsers and scripts do it. */
export const networkHttp: StorageHttp = async (url, request) => {
  const response = await fetch(url, { method: request.method, ...bodyOf(request) });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: Object.fromEntries(response.headers), bytes };
};

function bodyOf(request: StorageRequest): { body?: Blob | FormData } {
  if (request.method === 'GET') return {};
  if (request.method === 'PUT') return { body: blobOf(request.bytes) };
  const form = new FormData();
  for (const [name, value] of Object.entries(request.fields)) form.append(name, value);
  form.append('file', blobOf(request.file), 'upload.bin');
  return { body: form };
}

function blobOf(bytes: Uint8Array): Blob {
  return new Blob([Uint8Array.from(bytes)]);
}
