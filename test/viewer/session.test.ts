import { expect, it } from 'vitest';
import { Session } from '../../viewer/state/session.ts';

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
