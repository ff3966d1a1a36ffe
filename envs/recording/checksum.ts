/**
 * A seal is the text `"checksum":"sha256:<64 hex digits>"` somewhere in a file, in its JSON. The digits are the SHA-256
 * of the whole file with those digits taken as zeros, so a single flipped bit anywhere breaks it. The first occurrence
 * counts; no text inside a JSON string can imitate it, because quotes are escaped there.
 */

const digits = 64;
const key = ascii('"checksum":');
const algorithm = ascii('"sha256:');
const quote = 0x22;
const space = 0x20;
const zero = 0x30;

/** The value to store under `checksum` before sealing. */
export const unsealed = `sha256:${'0'.repeat(digits)}`;

export type SealState = 'intact' | 'broken' | 'none';

/** A copy of the bytes with the checksum filled in. The bytes hold the marker once, with any digits. */
export async function seal(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const at = findDigits(bytes);
  if (at < 0) throw new Error(`no checksum to fill in: put "checksum": "${unsealed}" into the file first`);
  const copy = new Uint8Array(bytes);
  copy.set(ascii(await sha256Unsealed(copy, at)), at);
  return copy;
}

/** Whether the bytes are those that were sealed; `none` where they hold no marker. */
export async function checkSeal(bytes: Uint8Array): Promise<SealState> {
  const at = findDigits(bytes);
  if (at < 0) return 'none';
  const stored = String.fromCharCode(...bytes.subarray(at, at + digits));
  return (await sha256Unsealed(bytes, at)) === stored ? 'intact' : 'broken';
}

/**
 * Of the bytes with zeros for the digits at that place. A large file is not copied for it: `digest` takes its own copy
 * before it returns, after which the digits are put back.
 */
function sha256Unsealed(bytes: Uint8Array, at: number): Promise<string> {
  const place = bytes.subarray(at, at + digits);
  // `slice` of a Node Buffer is a view, no copy.
  const stored = Uint8Array.from(place);
  place.fill(zero);
  try {
    return sha256(bytes);
  } finally {
    place.set(stored);
  }
}

/** Offset of the digits of the first marker; -1 without one. */
function findDigits(bytes: Uint8Array): number {
  for (let at = indexOf(bytes, key, 0); at >= 0; at = indexOf(bytes, key, at + 1)) {
    let start = at + key.length;
    while (bytes[start] === space) start++;
    if (!matches(bytes, algorithm, start)) continue;
    start += algorithm.length;
    if (bytes[start + digits] === quote && isHex(bytes.subarray(start, start + digits))) return start;
  }
  return -1;
}

/** Lower case only: an `a` that lost a bit is an `A`, and must not pass. */
function isHex(text: Uint8Array): boolean {
  return text.every((code) => (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66));
}

export function indexOf(bytes: Uint8Array, pattern: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(pattern[0], from); at >= 0; at = bytes.indexOf(pattern[0], at + 1)) {
    if (matches(bytes, pattern, at)) return at;
  }
  return -1;
}

function matches(bytes: Uint8Array, pattern: Uint8Array, at: number): boolean {
  for (let i = 0; i < pattern.length; i++) if (bytes[at + i] !== pattern[i]) return false;
  return true;
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** In hex. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  if (!globalThis.crypto?.subtle) {
    throw new Error('no WebCrypto here to verify checksums with: open the page over https or from localhost');
  }
  const hash = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
