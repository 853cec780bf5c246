/** `Content-Disposition` that saves a download under a name of any script (RFC 6266: plain fallback and UTF-8 form). */
export function attachment(filename: string): string {
  const fallback = filename.replace(/[^ -~]|["\\%]/g, '_');
  // A lone surrogate has no UTF-8 form; encodeURIComponent would throw on it.
  const encoded = encodeURIComponent(filename.replace(/\p{Surrogate}/gu, '_')).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${fallback}"; filename*=UTF-8''${encoded}`;
}
