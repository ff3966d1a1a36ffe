import { utimesSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type News, news, record, runInTraining, served } from './in-training.ts';

it('the end of a training that was killed is told, too', async () => {
  const { run, lock, stop } = runInTraining();
  record(run, '000000');
  const { address } = await served(run);
  const told = news(address);
  expect(((await told.next()).value as News).recordings[0].going).toBe(true);
  const long = new Date(Date.now() - 60_000);
  stop();
  utimesSync(lock, long, long);
  expect(((await told.next()).value as News).recordings[0].going).toBeUndefined();
  expect((await told.next()).done).toBe(true);
});
