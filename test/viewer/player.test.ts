import { describe, expect, it } from 'vitest';
import {
  advance,
  clearSelection,
  episodeBy,
  holdOf,
  loops,
  openPlayer,
  type Player,
  pause,
  play,
  seek,
  select,
  setSpeed,
  speedBy,
  speeds,
  stepBy,
  stepOf,
  withSpan,
} from '../../viewer/state/player.ts';

const opened = openPlayer([10, 4, 20], 0.04, { speed: 1 });
const at = (episode: number, position: number, change: Partial<Player> = {}): Player => ({
  ...opened,
  episode,
  position,
  ...change,
});

/** Runs the clock in frames of that many seconds. */
function run(player: Player, seconds: number, frame = 1 / 60): Player {
  let shown = player;
  for (let t = frame; t <= seconds + 1e-9; t += frame) shown = advance(shown, frame);
  return shown;
}

describe('the clock', () => {
  it('opens at the first state, at rest', () => {
    expect(opened).toMatchObject({ episode: 0, position: 0, playing: false, speed: 1, loop: 'off' });
    expect(openPlayer([1], 1, { speed: 2, loop: 'all' })).toMatchObject({ speed: 2, loop: 'all' });
  });

  it('does not move at rest', () => {
    expect(advance(opened, 5)).toBe(opened);
  });

  it('passes control steps at the recorded rate, whatever the frame rate', () => {
    for (const frame of [0.001, 1 / 144, 1 / 60, 0.02]) {
      expect(run(play(opened), 0.2, frame).position, `${frame} s`).toBeCloseTo(
        (Math.floor(0.2 / frame + 1e-9) * frame) / 0.04,
        6,
      );
    }
    expect(stepOf(at(0, 3.999))).toBe(3);
    expect(stepOf(at(0, 4))).toBe(4);
  });

  it.each(speeds)('runs at %s times that rate', (speed) => {
    expect(advance(at(2, 0, { playing: true, speed }), 0.04).position).toBeCloseTo(speed, 9);
  });

  it.each(['once', 'all'] as const)('holds at the end for a breath, then goes to the next episode: %s', (loop) => {
    for (const speed of [0.1, 1, 10]) {
      const ended = advance(at(0, 10, { playing: true, speed, loop }), 0.1);
      expect(ended).toMatchObject({ episode: 0, position: 10, playing: true });
      const still = advance(ended, holdOf(ended) - 0.11);
      expect(still).toMatchObject({ episode: 0, position: 10 });
      expect(advance(still, 0.02)).toMatchObject({ episode: 1, position: 0, playing: true, heldSeconds: 0 });
    }
  });

  it('stops at the end of an episode where nothing is to follow, once that was held', () => {
    const ended = advance(at(0, 10, { playing: true }), 0.1);
    expect(ended).toMatchObject({ episode: 0, position: 10, playing: true });
    expect(advance(ended, holdOf(ended))).toMatchObject({ episode: 0, position: 10, playing: false });
  });

  it('counts only the time after the end as held', () => {
    const frame = advance(at(0, 9, { playing: true }), 0.05);
    expect(frame.position).toBe(10);
    expect(frame.heldSeconds).toBeCloseTo(0.01, 9);
  });

  it.each(loops)('after the last episode with loop %s', (loop) => {
    const after = advance(at(2, 20, { playing: true, loop, heldSeconds: 0.55 }), 0.1);
    const expected = {
      off: { episode: 2, position: 20, playing: false },
      once: { episode: 2, position: 20, playing: false },
      all: { episode: 0, position: 0, playing: true },
      episode: { episode: 2, position: 0, playing: true },
      selection: { episode: 2, position: 0, playing: true },
    };
    expect(after).toMatchObject(expected[loop]);
  });

  it('repeats one episode with loop episode', () => {
    expect(advance(at(0, 10, { playing: true, loop: 'episode', heldSeconds: 0.59 }), 0.02)).toMatchObject({
      episode: 0,
      position: 0,
    });
  });
});

describe('moving', () => {
  it('pauses on the nearest recorded state', () => {
    expect(pause(at(0, 3.4, { playing: true }))).toMatchObject({ position: 3, playing: false });
    expect(pause(at(0, 3.6, { playing: true }))).toMatchObject({ position: 4 });
  });

  it('starts anew when played from the end', () => {
    expect(play(at(1, 4))).toMatchObject({ episode: 1, position: 0, playing: true });
    expect(play(at(1, 3))).toMatchObject({ episode: 1, position: 3 });
  });

  it('seeks at once to any state, within bounds, and plays on if it played', () => {
    expect(seek(at(0, 2.5, { playing: true }), 7)).toMatchObject({ position: 7, playing: true });
    expect(seek(opened, 99)).toMatchObject({ position: 10 });
    expect(seek(opened, -1)).toMatchObject({ position: 0 });
    expect(seek(opened, 9, 1)).toMatchObject({ episode: 1, position: 4 });
    expect(seek(opened, 0, 9)).toMatchObject({ episode: 2 });
  });

  it('steps to whole states and pauses', () => {
    expect(stepBy(at(0, 3.4, { playing: true }), 1)).toMatchObject({ position: 4, playing: false });
    expect(stepBy(at(0, 3.4), -1)).toMatchObject({ position: 3 });
    expect(stepBy(at(0, 3), 10)).toMatchObject({ position: 10 });
    expect(stepBy(at(0, 3), -10)).toMatchObject({ position: 0 });
  });

  it('changes the episode within the recording', () => {
    expect(episodeBy(at(0, 5), 1)).toMatchObject({ episode: 1, position: 0 });
    expect(episodeBy(at(0, 5), -1)).toMatchObject({ episode: 0, position: 5 });
    expect(episodeBy(at(1, 2), 5)).toMatchObject({ episode: 2, position: 0 });
  });
});

describe('an order of the episodes', () => {
  const order = [2, 0];

  it('is what next and previous follow, which stay within it', () => {
    expect(episodeBy(at(2, 3, { order }), 1)).toMatchObject({ episode: 0, position: 0 });
    expect(episodeBy(at(0, 3, { order }), -1)).toMatchObject({ episode: 2, position: 0 });
    const last = at(0, 3, { order });
    expect(episodeBy(last, 1)).toBe(last);
    // An episode that is left out goes to the first that is not.
    expect(episodeBy(at(1, 3, { order }), 1)).toMatchObject({ episode: 2 });
    const none = at(1, 3, { order: [] });
    expect(episodeBy(none, 1)).toBe(none);
  });

  it('is what a replay follows, and begins anew with', () => {
    const ended = { playing: true, heldSeconds: 0.55, order } as const;
    expect(advance(at(2, 20, { ...ended, loop: 'once' }), 0.1)).toMatchObject({ episode: 0, order });
    expect(advance(at(0, 10, { ...ended, loop: 'once' }), 0.1)).toMatchObject({ episode: 0, playing: false });
    expect(advance(at(0, 10, { ...ended, loop: 'all' }), 0.1)).toMatchObject({ episode: 2, playing: true });
  });
});

describe('a selection', () => {
  const selected = select(opened, 6, 2);

  it('is repeated from its start, held for a moment at its end', () => {
    expect(selected).toMatchObject({ selection: { from: 2, to: 6 }, loop: 'selection' });
    const there = run({ ...play(selected), position: 5 }, 0.04 + holdOf(selected) + 0.021, 0.01);
    expect(there.position).toBeGreaterThanOrEqual(2);
    expect(there.position).toBeLessThan(4);
  });

  it('lets a replay behind it run to the end', () => {
    expect(advance({ ...play(selected), position: 8 }, 0.04).position).toBe(9);
  });

  it('ends with its episode, and when it is cleared', () => {
    expect(seek(selected, 0, 1)).toMatchObject({ selection: undefined, loop: 'off' });
    expect(clearSelection(selected)).toMatchObject({ selection: undefined, loop: 'off' });
    expect(clearSelection({ ...selected, loop: 'all' }).loop).toBe('all');
  });

  it('needs a length, and stays within the episode', () => {
    expect(select(opened, 3, 3).selection).toBeUndefined();
    expect(select(opened, -5, 99).selection).toEqual({ from: 0, to: 10 });
  });
});

describe('a span beyond the episode', () => {
  const longer = withSpan(opened, { from: -3, to: 15, all: false });

  it('is begun at its beginning, and run through to its end', () => {
    expect(longer.position).toBe(-3);
    expect(advance(play({ ...longer, position: 9.5 }), 0.08)).toMatchObject({ episode: 0, position: 11.5 });
    expect(seek(longer, 99).position).toBe(15);
    expect(seek(longer, -99).position).toBe(-3);
    expect(stepBy(seek(longer, 0), -1).position).toBe(-1);
    expect(play(seek(longer, 15)).position).toBe(-3);
    expect(select(longer, -2, 12).selection).toEqual({ from: -2, to: 12 });
  });

  it('ends with its episode', () => {
    expect(seek(longer, 12, 1)).toMatchObject({ position: 4, span: undefined });
    const next = run({ ...play(longer), loop: 'once', position: 15 }, holdOf(longer) + 0.1);
    expect(next).toMatchObject({ episode: 1, span: undefined });
  });

  it('that ends before what is in view takes it back, and lets go of a selection that does not fit', () => {
    const there = select(seek(longer, 12), 8, 14);
    expect(withSpan(there, undefined)).toMatchObject({ position: 10, selection: undefined, loop: 'off' });
  });

  it('of all episodes is followed by none', () => {
    const all = { ...play(withSpan(opened, { from: 0, to: 20, all: true })), position: 20 };
    expect(run(all, holdOf(all) + 0.1)).toMatchObject({ episode: 0, position: 20, playing: false });
    expect(run({ ...all, loop: 'all' }, holdOf(all) + 0.02).position).toBeLessThan(2);
  });
});

describe('speed', () => {
  const dt = 0.04;
  const secondsAt = (steps: number) => (steps * dt) / openPlayer([steps], dt).speed;

  it('is that at which the episodes happened, or slowed where they are short, so that one takes two to three seconds', () => {
    expect(openPlayer([50, 60, 500], dt).speed).toBe(1);
    expect(openPlayer([50, 2, 4, 9, 3], dt).speed).toBe(0.06);
    for (let steps = 1; steps < 50; steps++) {
      expect(secondsAt(steps), `${steps} steps`).toBeGreaterThanOrEqual(2 - 1e-9);
      expect(secondsAt(steps), `${steps} steps`).toBeLessThanOrEqual(3 + 1e-9);
    }
    expect(secondsAt(50)).toBe(2);
  });

  it('leaves the end in view for a fraction of the time that the episode took', () => {
    for (const steps of [1, 5, 30, 500]) {
      const player = openPlayer([steps], dt);
      expect(holdOf(player)).toBeGreaterThan(0.4);
      expect(holdOf(player) / secondsAt(steps)).toBeLessThanOrEqual(0.25);
    }
    expect(holdOf(openPlayer([30], dt, { speed: 10 }))).toBe(0.12);
  });

  it('goes up and down by the usual speeds, and stays within them', () => {
    expect(speedBy(opened, 1).speed).toBe(2);
    expect(speedBy(setSpeed(opened, 0.7), -1).speed).toBe(0.5);
    expect(speedBy(setSpeed(opened, 99), 1).speed).toBe(10);
  });
});
