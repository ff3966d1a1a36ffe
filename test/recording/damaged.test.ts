import { expect, it } from 'vitest';
import { FileError } from '../../envs/recording/errors.ts';
import { decodeRecording, encodeRecording } from '../../envs/recording/recording.ts';
import { damagedFiles } from './damaged.ts';
import { sampleRecording } from './sample.ts';

const files = await damagedFiles(await encodeRecording(sampleRecording([50, 30, 8])));

it('has fifty ways to spoil a file', () => {
  expect(files.length).toBe(50);
  expect(new Set(files.map(({ name }) => name)).size).toBe(50);
});

it.each(files)('says what is wrong with $name', async ({ name, bytes, words }) => {
  const error: unknown = await decodeRecording(bytes, name).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(FileError);
  expect((error as FileError).message).toContain(words);
});
