import { expect, it } from 'vitest';
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
