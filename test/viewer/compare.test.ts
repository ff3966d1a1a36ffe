import { describe, expect, it } from 'vitest';
import {
  combinedSpan,
  ghostPosition,
  maxGhosts,
  mismatch,
  policyLabel,
  toggleCompare,
  withBeside,
} from '../../viewer/state/compare.ts';
import { seek } from '../../viewer/state/player.ts';
import { Session } from '../../viewer/state/session.ts';
import type { State } from '../../viewer/state/state.ts';
import { sampleRecording } from '../recording/sample.ts';

const main = { steps: 20, dt: 0.04, reachedAt: 15 };
const ghost = { steps: 10, dt: 0.04, reachedAt: 6 };

describe('the time of a ghost', () => {
  it('is that of the one that plays, until it has ended', () => {
    expect(ghostPosition(3.5, main, ghost, false)).toBe(3.5);
    expect(ghostPosition(17, main, ghost, false)).toBe(10);
  });

  it('counts in seconds where the control steps differ', () => {
    expect(ghostPosition(4, main, { ...ghost, dt: 0.02 }, false)).toBeCloseTo(8, 12);
  });

  it('meets the one that plays at the goal when aligned by success', () => {
    expect(ghostPosition(15, main, ghost, true)).toBe(6);
    expect(ghostPosition(17, main, ghost, true)).toBe(8);
    expect(ghostPosition(2, main, ghost, true)).toBe(0);
  });

  it('is aligned by start where one of them never reaches', () => {
    expect(ghostPosition(5, main, { ...ghost, reachedAt: -1 }, true)).toBe(5);
    expect(ghostPosition(5, { ...main, reachedAt: -1 }, ghost, true)).toBe(5);
  });
});

describe('the clock of a comparison', () => {
  const long = { steps: 50, dt: 0.04, reachedAt: 40 };

  it('goes on to the end of the longest', () => {
    expect(combinedSpan(main, [ghost, long], false)).toEqual({ from: 0, to: 50, all: false });
    expect(combinedSpan(main, [ghost], false)).toEqual({ from: 0, to: 20, all: false });
    expect(combinedSpan(main, [{ ...long, dt: 0.02 }], false)).toEqual({ from: 0, to: 25, all: false });
  });

  it('begins with the first where they meet at the goal', () => {
    expect(combinedSpan(main, [long], true)).toEqual({ from: -25, to: 25, all: false });
    expect(combinedSpan(main, [{ ...long, reachedAt: -1 }], true)).toEqual({ from: 0, to: 50, all: false });
  });
});

describe('the comparison', () => {
  const state = { compare: [] as State['compare'] } as State;
  const add = (from: State, ...episodes: number[]) =>
    episodes.reduce((s, episode) => toggleCompare(s, { file: 0, episode }), from);

  it('takes an episode in and out', () => {
    expect(add(state, 1, 2, 1).compare).toEqual([{ file: 0, episode: 2 }]);
  });

  it('lets the oldest go when there are too many', () => {
    const many = add(state, ...Array.from({ length: maxGhosts + 2 }, (_, i) => i));
    expect(many.compare).toHaveLength(maxGhosts);
    expect(many.compare[0].episode).toBe(2);
  });
});

describe('a second policy', () => {
  const session = new Session(false);
  const [one, two] = [sampleRecording([50, 30, 8]), sampleRecording([60, 20])];
  session.open('one/rollouts.safetensors', one);
  const { id } = session.add('two/rollouts.safetensors', two);
  session.update((state) => withBeside(state, id));
  const go = (episode: number) => session.change((player) => seek(player, 0, episode));
  const beside = () => session.moment()?.ghosts.map(({ ref }) => [ref.file, ref.episode]);

  it('shows its episode of the same number, side by side, on one clock', () => {
    expect(session.state.arrange).toBe('split');
    expect(beside()).toEqual([[id, 0]]);
    expect(session.player?.span).toEqual({ from: 0, to: 60, all: false });
    go(1);
    expect(beside()).toEqual([[id, 1]]);
    session.change((player) => seek(player, 7));
    expect(session.moment()?.ghosts[0].step).toBe(7);
    go(2);
    expect(beside()).toEqual([]);
  });

  it('stays while another recording of the environment is opened in place of the first, and goes with the environment', () => {
    session.open('three/rollouts.safetensors', sampleRecording([9, 9]));
    expect(beside()).toEqual([[id, 0]]);
    const { header, episodes } = sampleRecording([9, 9]);
    session.open('four.safetensors', { header: { ...header, env: { ...header.env, env: 'push' } }, episodes });
    expect(session.state.beside).toBeUndefined();
    expect(session.state.files.map(({ name }) => name)).toEqual(['four.safetensors']);
  });

  it('leaves room for its ghost among those there may be', () => {
    const compare = Array.from({ length: maxGhosts }, (_, episode) => ({ file: 0, episode }));
    expect(withBeside({ ...session.state, compare }, 1).compare).toEqual(compare.slice(1));
  });

  it('of another environment, or of another arm, is no match, and the reason names both', () => {
    const { header } = one;
    expect(mismatch(header, two.header)).toBeUndefined();
    for (const env of [
      { ...header.env, env: 'push' },
      { ...header.env, arm: 'ur5e' },
    ]) {
      expect(mismatch(header, { env })).toContain(`${env.env} with the arm ${env.arm}`);
      expect(mismatch(header, { env })).toContain('sample-reach with the arm two-link');
    }
  });

  it('is called by its run, how far it was trained, and its algorithm', () => {
    const label = (name: string) => policyLabel({ name, recording: one });
    expect(label('mine/rollouts.safetensors')).toBe('mine · 1,000 steps · gaussian');
    expect(label('mine/recordings/000012.safetensors')).toBe('mine · iteration 12 · gaussian');
    expect(label('rollouts.safetensors')).toBe('sample · 1,000 steps · gaussian');
  });
});
