import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import * as hyparquet from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import type { Recording } from '../../envs/recording/header.ts';
import { width } from '../../envs/spec.ts';
import { framesPerSecond, type Limits, writeLeRobot } from '../../src/export/lerobot.ts';
import type { Parquet } from '../../src/export/parquet.ts';
import { temporaryFolder } from '../cli/armature.ts';
import { anyRollouts, query, rollouts } from './rollouts.ts';

const parquet = hyparquet as unknown as Parquet;
const folder = temporaryFolder();

/** Writes a data set and returns its folder. */
function written(recording: Recording, limits?: Limits): string {
  const root = mkdtempSync(join(folder, 'set-'));
  writeLeRobot({ recording, file: 'rollouts', task: 'reach the goal', limits }, parquet, (path) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    return (piece) => appendFileSync(join(root, path), piece);
  });
  return root;
}

const filesIn = (root: string) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.\w+$/.test(name))
    .sort();
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const framesOf = (root: string) => query(`select * from '${root}/data/*/*.parquet' order by index`);
const schemaOf = async (pattern: string) => {
  const rows = await query(`describe select * from '${pattern}'`);
  return Object.fromEntries(rows.map(({ column_name, column_type }) => [column_name, column_type]));
};

describe('a LeRobotDataset v3.0', () => {
  const recording = rollouts({ lengths: [5, 3, 60] });
  const root = written(recording);

  it('has the files that its reader opens', () => {
    expect(filesIn(root)).toEqual([
      'data/chunk-000/file-000.parquet',
      'meta/episodes/chunk-000/file-000.parquet',
      'meta/info.json',
      'meta/stats.json',
      'meta/tasks.parquet',
    ]);
  });

  it('says what it is', () => {
    const scalar = (dtype: string) => ({ dtype, shape: [1], names: null });
    const names = ['shoulder.pos', 'elbow.pos', 'shoulder.vel', 'elbow.vel'];
    const seen = ['angles.0', 'angles.1', 'goal.0', 'goal.1', 'goal.2'];
    expect(json(join(root, 'meta/info.json'))).toEqual({
      codebase_version: 'v3.0',
      fps: 25,
      features: {
        'observation.state': { dtype: 'float32', shape: [4], names },
        'observation.environment_state': { dtype: 'float32', shape: [5], names: seen },
        action: { dtype: 'float32', shape: [2], names: ['step.shoulder', 'step.elbow'] },
        'next.reward': scalar('float32'),
        'next.done': scalar('bool'),
        'next.success': scalar('bool'),
        timestamp: scalar('float32'),
        ...Object.fromEntries(
          ['frame_index', 'episode_index', 'index', 'task_index'].map((name) => [name, scalar('int64')]),
        ),
      },
      total_episodes: 3,
      total_frames: 68,
      total_tasks: 1,
      chunks_size: 1000,
      data_files_size_in_mb: 100,
      video_files_size_in_mb: 200,
      data_path: 'data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet',
      video_path: null,
      robot_type: 'two-link',
      splits: { train: '0:3' },
    });
  });

  it('has columns of the types that its features say', async () => {
    expect(await schemaOf(`${root}/data/*/*.parquet`)).toEqual({
      'observation.state': 'FLOAT[]',
      'observation.environment_state': 'FLOAT[]',
      action: 'FLOAT[]',
      'next.reward': 'FLOAT',
      'next.done': 'BOOLEAN',
      'next.success': 'BOOLEAN',
      timestamp: 'FLOAT',
      ...{ frame_index: 'BIGINT', episode_index: 'BIGINT', index: 'BIGINT', task_index: 'BIGINT' },
    });
  });

  it('has every frame of every episode to the last bit of a float', async () => {
    const frames = await framesOf(root);
    expect(frames).toHaveLength(68);
    let index = 0;
    recording.episodes.forEach(({ steps, q, dq, obs, act, reward, success }, e) => {
      for (let t = 0; t < steps; t++, index++) {
        const isLast = t + 1 === steps;
        expect(frames[index]).toEqual({
          'observation.state': [...q.subarray(2 * t, 2 * t + 2), ...dq.subarray(2 * t, 2 * t + 2)],
          'observation.environment_state': [...obs.subarray(5 * t, 5 * t + 5)],
          action: Array.from(act.subarray(2 * t, 2 * t + 2), (a) => Math.min(Math.max(a, -1), 1)),
          'next.reward': Math.fround(reward[t]),
          'next.done': isLast,
          'next.success': isLast && success,
          timestamp: Math.fround(t / 25),
          frame_index: BigInt(t),
          episode_index: BigInt(e),
          index: BigInt(index),
          task_index: 0n,
        });
      }
    });
  });

  it('has row groups of whole episodes, a thousand frames or more', async () => {
    const long = written(rollouts({ lengths: [400, 700, 1200, 10, 20] }));
    const file = `${long}/data/chunk-000/file-000.parquet`;
    const groups = await query(
      `select row_group_id, any_value(row_group_num_rows) as n from parquet_metadata('${file}') group by all order by all`,
    );
    expect(groups.map(({ n }) => n)).toEqual([1100n, 1200n, 30n]);
  });

  it('has its task as the index of a data frame', async () => {
    const file = `${root}/meta/tasks.parquet`;
    expect(await query(`select * from '${file}'`)).toEqual([{ task_index: 0n, task: 'reach the goal' }]);
    const [{ value }] = await query(
      `select decode(value) as value from parquet_kv_metadata('${file}') where decode(key) = 'pandas'`,
    );
    const pandas = JSON.parse(value as string);
    expect(pandas.index_columns).toEqual(['task']);
    expect(pandas.columns.map(({ name, numpy_type }: Record<string, string>) => [name, numpy_type])).toEqual([
      ['task_index', 'int64'],
      ['task', 'object'],
    ]);
  });

  it('lists its episodes, with where they are and their statistics', async () => {
    const pattern = `${root}/meta/episodes/*/*.parquet`;
    const schema = await schemaOf(pattern);
    expect(Object.keys(schema).slice(0, 7)).toEqual([
      'episode_index',
      'tasks',
      'length',
      'data/chunk_index',
      'data/file_index',
      'dataset_from_index',
      'dataset_to_index',
    ]);
    expect(schema).toMatchObject({
      tasks: 'VARCHAR[]',
      'stats/action/q99': 'DOUBLE[]',
      'stats/next.done/count': 'BIGINT[]',
      'meta/episodes/chunk_index': 'BIGINT',
      'meta/episodes/file_index': 'BIGINT',
    });
    const rows = await query(`select * from '${pattern}' order by episode_index`);
    expect(rows.map((row) => [row.episode_index, row.length, row.dataset_from_index, row.dataset_to_index])).toEqual([
      [0n, 5n, 0n, 5n],
      [1n, 3n, 5n, 8n],
      [2n, 60n, 8n, 68n],
    ]);
    expect(rows.map(({ tasks }) => tasks)).toEqual([['reach the goal'], ['reach the goal'], ['reach the goal']]);
    expect(rows[1]['stats/frame_index/max']).toEqual([2]);
    expect(rows[2]['stats/index/min']).toEqual([8]);
    expect(rows[2]['stats/observation.state/count']).toEqual([60n]);
  });

  it.each(['observation.state', 'observation.environment_state', 'action', 'next.reward', 'timestamp', 'index'])(
    'has the statistics of %s that another program finds, in all and by episode',
    async (feature) => {
      const stats = json(join(root, 'meta/stats.json'));
      const [own] = await query(`select * from '${root}/meta/episodes/*/*.parquet' where episode_index = 2`);
      const wide = stats[feature].min.length;
      for (let k = 0; k < wide; k++) {
        const value = wide > 1 ? `"${feature}"[${k + 1}]` : `"${feature}"`;
        const figures =
          `min(x) as min, max(x) as max, avg(x) as mean, stddev_pop(x) as std, count(x) as count, ` +
          [1, 10, 50, 90, 99].map((p) => `quantile_cont(x, ${p / 100}) as q${String(p).padStart(2, '0')}`).join(', ');
        const of = (which: string) =>
          query(`select ${figures} from (select ${value}::double as x from '${root}/data/*/*.parquet' ${which})`);
        const [all] = await of('');
        const [last] = await of('where episode_index = 2');
        for (const name of Object.keys(all)) {
          const at = name === 'count' ? 0 : k;
          expect(stats[feature][name][at], `${feature} ${name}`).toBeCloseTo(Number(all[name]), 9);
          const found = (own[`stats/${feature}/${name}`] as unknown[])[at];
          expect(Number(found), `${feature} ${name} of an episode`).toBeCloseTo(Number(last[name]), 9);
        }
      }
    },
  );

  it('has the same bytes twice', () => {
    const again = written(rollouts({ lengths: [5, 3, 60] }));
    for (const name of filesIn(root))
      expect(readFileSync(join(again, name)), name).toEqual(readFileSync(join(root, name)));
  });

  it('begins a new file where one is full, and a new folder after so many files', async () => {
    const lengths = Array.from({ length: 12 }, (_, e) => 400 + 60 * e);
    const many = written(rollouts({ lengths }), { megabytes: 0.1, files: 2 });
    const data = filesIn(many).filter((name) => name.startsWith('data/'));
    expect(data.slice(0, 3)).toEqual([
      'data/chunk-000/file-000.parquet',
      'data/chunk-000/file-001.parquet',
      'data/chunk-001/file-000.parquet',
    ]);
    const rows = await query(`select * from '${many}/meta/episodes/*/*.parquet' order by episode_index`);
    expect(rows).toHaveLength(12);
    const padded = (index: unknown) => String(index).padStart(3, '0');
    for (const row of rows) {
      const file = `${many}/data/chunk-${padded(row['data/chunk_index'])}/file-${padded(row['data/file_index'])}.parquet`;
      const found = await query(
        `select min(index) as low, max(index) + 1 as high from '${file}' where episode_index = ${row.episode_index}`,
      );
      expect(found).toEqual([{ low: row.dataset_from_index, high: row.dataset_to_index }]);
    }
    expect(await framesOf(many)).toHaveLength(lengths.reduce((sum, steps) => sum + steps, 0));
  });

  it('refuses what is no number, and says where it is', () => {
    for (const bad of [Number.NaN, Infinity]) {
      const broken = rollouts();
      broken.episodes[2].dq[2 * 1 + 1] = bad;
      expect(() => written(broken)).toThrow(
        `rollouts: inconsistent (episode 2, step 1, observation.state[3]: expected a number, found ${bad})`,
      );
    }
  });
});

it('a data set of any names and shapes has as many names as numbers, and numbers as they were', async () => {
  await fc.assert(
    fc.asyncProperty(anyRollouts, async (recording) => {
      const root = written(recording);
      const { spec } = recording.header;
      const { features, fps } = json(join(root, 'meta/info.json'));
      expect(Math.abs(fps * spec.dt - 1)).toBeLessThan(1e-9);
      for (const { shape, names } of Object.values<{ shape: number[]; names: string[] | null }>(features)) {
        expect(shape).toHaveLength(1);
        if (names) expect([names.length, new Set(names).size]).toEqual([shape[0], shape[0]]);
      }
      expect('next.success' in features).toBe(spec.hasSuccess);
      const O = width(spec.obs);
      const frames = await framesOf(root);
      const observed = frames.map((frame) => frame['observation.environment_state']);
      const expected = recording.episodes.flatMap(({ obs, steps }) =>
        Array.from({ length: steps }, (_, t) => (O > 1 ? [...obs.subarray(t * O, (t + 1) * O)] : obs[t])),
      );
      expect(observed).toEqual(expected);
    }),
    { numRuns: 25 },
  );
});

it('frames a second are whole where the control period is one over a whole number', () => {
  expect([0.04, 0.02, 1 / 60, 0.1, 0.03].map(framesPerSecond)).toEqual([25, 50, 60, 10, 1 / 0.03]);
});
