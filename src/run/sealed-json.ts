import * as v from 'valibot';
import { checkSeal, seal, unsealed } from '../../envs/recording/checksum.ts';
import { FileError } from '../../envs/recording/errors.ts';
import { checked, parseJson } from '../../envs/recording/json.ts';
import type { Format } from '../../envs/recording/sealed.ts';
import { read, writeWhole } from './files.ts';

/** Files of JSON that begin with the format's name, its version and a seal. */

const head = v.looseObject({ format: v.string(), version: v.number(), checksum: v.string() });

/** Writes such a file, whole or not at all. The same content gives the same bytes. */
export async function writeSealedJson(path: string, { name, version }: Format, content: object): Promise<void> {
  const text = JSON.stringify({ format: name, version, checksum: unsealed, ...content }, null, 1);
  writeWhole(path, await seal(new TextEncoder().encode(`${text}\n`)));
}

/**
 * The content of such a file.
 * @param schema of the content, without what every such file begins with
 * @throws FileError for a file of another program, of another version, or one that was changed since
 */
export async function readSealedJson<T>(
  path: string,
  { name, version, noun }: Format,
  schema: v.GenericSchema<unknown, T>,
): Promise<T> {
  const bytes = await read(path);
  const {
    format,
    version: own,
    checksum: _,
    ...content
  } = parseJson(head, new TextDecoder().decode(bytes), path, noun);
  if (format !== name) {
    throw new FileError('foreign', path, { place: 'format', expected: name, found: format, noun });
  }
  if (own !== version) {
    const kind = own > version ? 'too-new' : 'inconsistent';
    throw new FileError(kind, path, { place: 'version', expected: String(version), found: String(own), noun });
  }
  if ((await checkSeal(bytes)) !== 'intact') {
    throw new FileError('damaged', path, {
      place: 'checksum',
      expected: 'that of the content',
      found: 'another',
      noun,
    });
  }
  return checked(schema, content, path, noun);
}
