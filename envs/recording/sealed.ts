/**
 * Armature's own safetensors files: metadata that starts with the format's name, its version and a checksum. Opening
 * one tells apart a file of another program, a damaged file and one written by a later version.
 */
import { ascii, checkSeal, indexOf, seal, unsealed } from './checksum.ts';
import { FileError } from './errors.ts';
import { decodeSafetensors, encodeSafetensors, type Safetensors, type Tensor } from './safetensors.ts';

export interface Format {
  readonly name: string;
  readonly version: number;
  /** The oldest version that is still read; this one alone if not given. */
  readonly oldest?: number;
  /** What messages call such a file, with its article. */
  readonly noun: string;
}

/** Written into files when the caller gives nothing better; a test holds it to package.json. */
export const software = 'armature 0.2.0';

/** The format's name and the checksum come first, so that little of a torn file suffices to recognise it. */
export function encodeSealed(
  format: Format,
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>>,
): Promise<Uint8Array<ArrayBuffer>> {
  const own = { format: format.name, version: String(format.version), checksum: unsealed };
  return seal(encodeSafetensors(tensors, { ...own, ...metadata }));
}

/** The content of a file, and the version of the format that it was written in. */
export interface Unsealed extends Safetensors {
  readonly version: number;
}

/** @param file the file's name, for messages */
export async function decodeSealed(format: Format, bytes: Uint8Array, file: string): Promise<Unsealed> {
  const { noun } = format;
  const state = await checkSeal(bytes);
  const content = decodeOr(bytes, file, (error) => {
    const kind = state !== 'none' || claims(bytes, format) ? 'damaged' : error.kind;
    return new FileError(state === 'intact' ? 'inconsistent' : kind, file, { ...error.complaint, noun });
  });
  if (state === 'broken') {
    throw new FileError('damaged', file, { place: 'checksum', expected: 'that of the content', found: 'another' });
  }
  const name = content.metadata.format ?? 'none';
  if (name !== format.name) {
    throw new FileError('foreign', file, { place: 'format', expected: format.name, found: name, noun });
  }
  const version = checkVersion(format, content.metadata.version, file);
  if (state === 'none') {
    throw new FileError('damaged', file, { place: 'checksum', expected: 'sha256 and 64 hex digits', found: 'none' });
  }
  return { ...content, version };
}

function checkVersion(format: Format, version: string | undefined, file: string): number {
  const found = version ?? 'none';
  const number = /^[1-9]\d{0,8}$/.test(found) ? Number(found) : 0;
  const { version: newest, oldest = newest } = format;
  if (number >= oldest && number <= newest) return number;
  const expected = oldest < newest ? `${oldest} to ${newest}` : String(newest);
  throw new FileError(number > newest ? 'too-new' : 'inconsistent', file, { place: 'version', expected, found });
}

function decodeOr(bytes: Uint8Array, file: string, explain: (error: FileError) => FileError): Safetensors {
  try {
    return decodeSafetensors(bytes, file);
  } catch (error) {
    throw error instanceof FileError ? explain(error) : error;
  }
}

/** Whether the start of the file says that it is one of ours. */
function claims(bytes: Uint8Array, format: Format): boolean {
  return indexOf(bytes.subarray(0, 512), ascii(`"${format.name}"`), 0) >= 0;
}
