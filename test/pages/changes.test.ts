import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type News, namesIn, news, record, runInTraining, served } from './in-training.ts';

it('a page is told of what a training records, as it does, and of its end', async () => {
  const { run, lock, stop } = runInTraining();
  const { address, isGoing } = await served(run);
  expect(isGoing).toBe(true);
  const told = news(address);
  expect((await told.next()).value).toEqual({ recordings: [], waiting: ['run'] });
  record(run, '000000');
  const first = (await told.next()).value as News;
  expect([namesIn(first), first.waiting, first.recordings[0].going]).toEqual([
    ['run/recordings/000000.safetensors'],
    [],
    true,
  ]);
  // What changes no list is not told of.
  writeFileSync(join(run, 'metrics.csv'), 'iteration\n1\n');
  record(run, '000007');
  expect(namesIn((await told.next()).value as News)).toHaveLength(2);
  stop();
  rmSync(lock);
  const last = (await told.next()).value as News;
  expect([namesIn(last).length, last.recordings[0].going]).toEqual([2, undefined]);
  expect((await told.next()).done).toBe(true);
  expect((await served(run)).isGoing).toBe(false);
});
