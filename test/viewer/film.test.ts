import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseStops, filmAt, filmOf, restored, type Stop } from '../../viewer/state/film.ts';
import { Session } from '../../viewer/state/session.ts';
import { sampleRecording } from '../recording/sample.ts';

const stop = (steps: number, success: boolean): Stop => ({ steps, success });
/** It learns to reach, and then to reach sooner. */
const learning = [stop(50, false), stop(50, false), stop(28, true), stop(12, true), stop(5, true)];

describe('the stops of a film', () => {
  it('are all there are of a short training', () => {
    expect(chooseStops([undefined, 0.2, 0.4, 0.9])).toEqual([0, 1, 2, 3]);
  });

  it('are where it learns', () => {
    const successes = [undefined, 0.2, 0.15, 0.25, 0.35, 0.9, 0.96, ...Array.from({ length: 54 }, () => 1)];
    const stops = chooseStops(successes);
    expect([stops[0], stops.at(-1)]).toEqual([0, 60]);
    expect(stops.filter((i) => i <= 10).length).toBe(stops.length - 1);
    expect(stops.length).toBeGreaterThanOrEqual(6);
  });

  it('are spread over time where success is unknown, or never comes', () => {
    for (const success of [undefined, 0]) {
      expect(chooseStops(Array.from({ length: 61 }, () => success))).toEqual([0, 10, 20, 30, 40, 50, 60]);
    }
  });

  it('rise from first to last', () => {
    const share = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(share, { minLength: 2, maxLength: 80 }), (successes) => {
        const stops = chooseStops(successes);
        expect(stops[0]).toBe(0);
        expect(stops.at(-1)).toBe(successes.length - 1);
        expect(stops.every((at, k) => k === 0 || at > stops[k - 1])).toBe(true);
        expect(stops.length).toBeLessThanOrEqual(7);
      }),
    );
  });
});

describe('a film', () => {
  it('lasts as long as it is to, begins with the first state and ends with the last', () => {
    for (const seconds of [0.5, 1, 2, 6, 8, 10, 60]) {
      const film = filmOf(learning, { dt: 0.04, seconds, hold: 0.3 });
      expect(filmOf(learning, { dt: 0.04, speed: film.speed, hold: 0.3 })).toEqual(film);
      expect(film.seconds).toBeCloseTo(seconds, 9);
      expect(filmAt(film, 0)).toEqual({ stop: 0, position: 0 });
      expect(filmAt(film, seconds)).toEqual({ stop: 4, position: 5 });
    }
  });

  it('plays every stop at one speed, and of long attempts the beginning', () => {
    const film = filmOf(learning, { dt: 0.04, seconds: 8, hold: 1.5 });
    expect(film.steps).toEqual([10, 10, 28, 12, 5]);
    for (const [i, start] of film.starts.entries()) {
      expect(filmAt(film, start)).toEqual({ stop: i, position: 0 });
      const later = filmAt(film, start + 0.1);
      expect(later.stop).toBe(i);
      expect(later.position).toBeCloseTo((0.1 * film.speed) / 0.04, 9);
    }
    expect(filmAt(film, film.starts[1] - 0.01)).toEqual({ stop: 0, position: 10 });
  });

  it('shows attempts as a whole where the last one is no success', () => {
    const film = filmOf([stop(50, false), stop(50, false)], { dt: 0.04, seconds: 8, hold: 1 });
    expect(film.steps).toEqual([50, 50]);
  });

  it('takes as long as its speed says, where that is chosen', () => {
    const film = filmOf(learning, { dt: 0.04, speed: 0.5, hold: 1 });
    expect(film.speed).toBe(0.5);
    expect(film.seconds).toBeCloseTo((65 * 0.04) / 0.5 + 4 * 0.35 + 1, 9);
  });
});

describe('what is in view after the export of a film', () => {
  it('is what was before, with what was opened meanwhile', () => {
    const session = new Session(false);
    const { id: main } = session.open('final', sampleRecording([9, 4]));
    const second = session.add('second', sampleRecording([9, 4]));
    session.set({ beside: second.id, verdicts: new Map([[1, true]]) });
    session.change((player) => ({ ...player, episode: 1, position: 2 }));
    const before = session.state;
    const stop = sampleRecording([7, 3]);
    const isOfFilm = ({ recording }: { recording: unknown }) => recording === stop;
    session.open('iteration 3', stop);
    const after = restored(session.state, before, isOfFilm);
    expect(after).toEqual({ ...before, film: undefined });
    const third = session.add('third', sampleRecording([9, 4]));
    session.set({ beside: third.id });
    session.open('iteration 4', stop);
    session.update((state) => restored(state, before, isOfFilm));
    expect(session.state.beside).toBe(third.id);
    expect(session.state.files.map(({ name }) => name)).toEqual(['final', 'second', 'third']);
    expect(session.moment()?.ghosts.map(({ name }) => name)).toEqual(['third']);
    expect(session.state.file).toBe(main);
  });

  it('keeps what was chosen while another episode was exported', () => {
    const session = new Session(false);
    session.open('final', sampleRecording([9, 4]));
    const before = session.state;
    const ghost = session.add('second', sampleRecording([9, 4]));
    session.set({ beside: ghost.id });
    session.change((player) => ({ ...player, position: 5 }));
    const after = restored(session.state, before, () => false);
    expect([after.beside, after.player?.position]).toEqual([ghost.id, 0]);
  });
});
