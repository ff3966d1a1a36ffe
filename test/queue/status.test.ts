import { describe, expect, it } from 'vitest';
import { type Known, statusFrom } from '../../src/queue/status.ts';

const now = 1_000_000;
const tally = { stage: 1, stages: 3, runs: 20, done: 8, failed: 2, steps: 1000 };
/** Of a run that has come so far at the second stage, at which it began with 500 steps. */
const run = (steps: number, ago = 1) => ({ at: now - ago, told: { steps, rate: 50, host: 'h' } });

function statusOf(given: Partial<Known> = {}, told: Partial<typeof tally> = {}, ago = 1) {
  const known = { progress: new Map(), delivered: 0, now, ...given };
  return statusFrom({ ...known, tally: { at: now - ago, told: { ...tally, ...told } } });
}

describe('the status of a sweep', () => {
  it('counts every run of the stage once', () => {
    const progress = new Map([
      ['a', run(600)],
      ['b', run(900)],
    ]);
    const status = statusOf({ progress, delivered: 3 });
    expect(status).toMatchObject({ stage: 1, stages: 3, all: 20, done: 11, failed: 2, running: 2, waiting: 5 });
    expect(status.rate).toBe(100);
    expect(status.secondsLeft).toBe((5 * 500 + 400 + 100) / 100);
    expect(statusOf({ progress }, { stage: 0 }).secondsLeft).toBe((8 * 1000 + 400 + 100) / 100);
  });

  it('has no more runs than there are, whatever is told', () => {
    const progress = new Map(['a', 'b', 'c'].map((name) => [name, run(600)]));
    expect(statusOf({ progress, delivered: 9 })).toMatchObject({ done: 17, failed: 2, running: 1, waiting: 0 });
    expect(statusOf({ progress, delivered: 99 })).toMatchObject({ done: 18, failed: 2, running: 0, waiting: 0 });
  });

  it('leaves out the runs of workers that nobody has heard of for a minute', () => {
    const progress = new Map([
      ['a', run(600, 59)],
      ['b', run(600, 60)],
    ]);
    expect(statusOf({ progress })).toMatchObject({ running: 1, waiting: 9, rate: 50 });
    expect(statusOf()).toMatchObject({ running: 0, rate: 0, secondsLeft: null });
  });

  it('says whether its planner is there', () => {
    expect(statusOf().isAttended).toBe(true);
    expect(statusOf({}, {}, 15).isAttended).toBe(false);
  });
});
