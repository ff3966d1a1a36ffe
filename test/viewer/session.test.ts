import { expect, it } from 'vitest';
import { link } from '../../viewer/files/linked.ts';
import { withBeside } from '../../viewer/state/compare.ts';
import { setSpeed } from '../../viewer/state/player.ts';
import { Session } from '../../viewer/state/session.ts';
import { sampleRecording } from '../recording/sample.ts';

it('a session tells of states until the signal ends that, also where a listener itself ends it', () => {
  const session = new Session(false);
  const ending = new AbortController();
  const told: string[] = [];
  session.watchState(({ theme }) => {
    told.push(`first ${theme}`);
    if (theme === 'dark') ending.abort();
  }, ending.signal);
  session.watchState(({ theme }) => told.push(`second ${theme}`));
  for (const theme of ['light', 'dark', 'system'] as const) session.set({ theme });
  expect(told).toEqual(['first light', 'second light', 'first dark', 'second dark', 'second system']);
});

it('a recording opens at the usual speed of its own episodes, or at the one that was chosen', () => {
  const session = new Session(false);
  const speedOf = (...lengths: number[]) => {
    session.open('a', sampleRecording(lengths));
    return session.player?.speed;
  };
  const [slow, slower] = [speedOf(30), speedOf(5)];
  expect(slow).toBeLessThan(1);
  expect(slower).toBeLessThan(slow as number);
  session.change((player) => setSpeed(player, 2));
  expect(speedOf(5)).toBe(2);
});

it.each([true, false])('what stands beside stays, and so does what it is called: from the server %s', (isServed) => {
  const session = new Session(false);
  const [one, second, again] = Array.from({ length: 3 }, () => sampleRecording([5]));
  if (isServed) for (const recording of [one, second, again]) link(recording);
  session.open('one', one);
  const { id } = session.add('second', second);
  session.update((state) => withBeside(state, id));
  // The server has one recording of a name; two files of the reader's of one name are two.
  session.open('second', again);
  const { files, file, beside } = session.state;
  expect(beside).toBe(id);
  expect(files.map(({ name }) => name)).toEqual(isServed ? ['second'] : ['second', '(2) second']);
  expect(files.find((open) => open.id === file)?.recording).toBe(isServed ? second : again);
});
