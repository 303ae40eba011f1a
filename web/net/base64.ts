/** Padded base64 (RFC 4648 section 4): the only form of bytes that fits a JSON message. */

/** Arguments of one `String.fromCharCode` call: engines keep them on the stack. */
const CHUNK_BYTES = 8 * 1024;

export function encodeBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK_BYTES));
  }
  return btoa(binary);
}

/** `undefined` for anything that `encodeBase64` would not have written: `atob` alone forgives spaces and missing padding. */
export function decodeBase64(text: string): Uint8Array | undefined {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return undefined; // not base64
  }
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  return encodeBase64(bytes) === text ? bytes : undefined;
}
