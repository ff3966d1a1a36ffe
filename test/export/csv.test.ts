import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Recording } from '../../envs/recording/header.ts';
import { width } from '../../envs/spec.ts';
import { csvOf } from '../../src/export/csv.ts';
import { temporaryFolder } from '../cli/armature.ts';
import { anyRollouts, query, rollouts } from './rollouts.ts';

const folder = temporaryFolder();
const text = (recording: Recording) => [...csvOf(recording)].join('');

/** What RFC 4180 says: lines end with CR LF, and quotes hold commas, line ends and doubled quotes. */
function parse(csv: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (cell.lastIndex < csv.length) {
    const at = cell.lastIndex;
    const found = cell.exec(csv);
    if (!found) throw new Error(`no cell at ${at}: ${csv.slice(at, at + 40)}`);
    rows[rows.length - 1].push(found[1] === undefined ? found[2] : found[1].replaceAll('""', '"'));
    if (found[3] !== ',') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('rollouts as a table', () => {
  it('have a row for each step, whose numbers read back as they were', () => {
    fc.assert(
      fc.property(anyRollouts, (recording) => {
        const { header, episodes } = recording;
        const { spec } = header;
        const [head, ...rows] = parse(text(recording));
        expect(rows).toHaveLength(episodes.reduce((sum, { steps }) => sum + steps, 0));
        expect(rows.every(({ length }) => length === head.length)).toBe(true);
        const [O, A, G, K] = [width(spec.obs), width(spec.act), width(spec.params), spec.terms.length];
        let row = 0;
        episodes.forEach((episode, e) => {
          for (let t = 0; t < episode.steps; t++) {
            const from = spec.paramsMove ? t * G : 0;
            const expected = [
              ...[e, t],
              Number((t * spec.dt).toPrecision(12)),
              ...episode.obs.subarray(t * O, (t + 1) * O),
              ...episode.q.subarray(2 * t, 2 * t + 2),
              ...episode.dq.subarray(2 * t, 2 * t + 2),
              ...episode.params.subarray(from, from + G),
              ...episode.dynamics,
              ...episode.act.subarray(t * A, (t + 1) * A),
              episode.reward[t],
              ...episode.terms.subarray(t * K, (t + 1) * K),
              ...[episode.value[t], episode.logp[t]],
            ];
            const isLast = t + 1 === episode.steps;
            expect(rows[row].slice(0, -3).map(Number)).toEqual(expected);
            const ending = isLast ? ['1', episode.success ? '1' : '0', episode.end] : ['0', '0', ''];
            expect(rows[row++].slice(-3)).toEqual(ending);
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  it('have a name for each column, and no two the same', () => {
    fc.assert(
      fc.property(anyRollouts, (recording) => {
        const [head] = parse(text(recording));
        expect(new Set(head).size).toBe(head.length);
      }),
      { numRuns: 100 },
    );
    const [head] = parse(text(rollouts()));
    expect(head.join(' ')).toBe(
      'episode step time obs.angles.0 obs.angles.1 obs.goal.0 obs.goal.1 obs.goal.2 q.shoulder q.elbow dq.shoulder dq.elbow ' +
        'param.goal.0 param.goal.1 param.goal.2 act.step.shoulder act.step.elbow reward term.distance term.effort value logp ' +
        'done success end',
    );
  });

  it('keep the sign of zero and the smallest numbers, and leave out what is none', () => {
    const recording = rollouts({ lengths: [2] });
    const [episode] = recording.episodes;
    episode.obs.set([-0, 1e-45, 3.4028234663852886e38, Number.NaN]);
    episode.reward[0] = 5e-324;
    const [, first] = parse(text(recording));
    expect(first.slice(3, 7)).toEqual(['-0', '1.401298464324817e-45', '3.4028234663852886e+38', '']);
    expect(first).toContain('5e-324');
  });

  it('are read by another program', async () => {
    const recording = rollouts({ lengths: [700, 40], joints: ['a, "b"', 'c'] });
    const file = join(folder, 'rollouts.csv');
    writeFileSync(file, text(recording));
    const found = await query(`select episode, step, "q.a, ""b""" as q, reward, "end" from read_csv('${file}')`);
    expect(found).toHaveLength(740);
    const [first] = recording.episodes;
    expect(found[699]).toEqual({
      episode: 0n,
      step: 699n,
      q: first.q[2 * 699],
      reward: first.reward[699],
      end: first.end,
    });
  });

  it('without joints have no columns of them, and the same rollouts give the same text', () => {
    const [head] = parse(text(rollouts({ hasJoints: false })));
    expect(head.filter((name) => /^d?q\./.test(name))).toEqual([]);
    expect(text(rollouts())).toBe(text(rollouts()));
  });
});
