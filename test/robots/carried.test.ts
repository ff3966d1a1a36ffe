import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { panda } from '../../envs/arms/panda.ts';
import { planar } from '../../envs/arms/planar.ts';
import { DefinitionError } from '../../envs/model/definition-error.ts';
import type { Arm } from '../../envs/model/types.ts';
import { readUrdf } from '../../envs/model/urdf/index.ts';
import { UsageError } from '../../envs/options.ts';
import { seal, unsealed } from '../../envs/recording/checksum.ts';
import { FileError } from '../../envs/recording/errors.ts';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { configureEnv, envOf, makeEnv } from '../../envs/tasks/index.ts';
import { train } from '../../src/index.ts';
import { defaultBackend } from '../../src/policy/network/index.ts';
import { decodePolicy } from '../../src/run/checkpoint.ts';
import { decodePlan, encodePlan } from '../../src/run/plan.ts';
import { gaussian } from '../../src/train/choices.ts';
import { configureTraining } from '../../src/train/config.ts';
import { crane } from './crane.ts';

beforeAll(() => loadPhysics());

const { arm } = readUrdf(crane(), 'crane.urdf');
const short = { env: 'reach', steps: 200, options: { batch: 100, hiddenWidth: 4 }, policy: gaussian() } as const;

describe('an arm in a configuration', () => {
  it('is all that an environment needs of it', () => {
    const config = configureEnv('reach', { arm });
    expect(config).toMatchObject({ env: 'reach', arm: 'crane', robot: { name: 'crane' } });
    // As a file gives it back, and as a thread does.
    for (const same of [JSON.parse(JSON.stringify(config)), structuredClone(config)]) {
      expect(envOf(same).spec).toEqual(makeEnv('reach', { arm }).spec);
      expect(envOf(same).scene.arm.model).toEqual(config.robot);
    }
  });

  it('has no number that a file would give back as another', () => {
    const minus = {
      ...arm,
      home: arm.home.map(() => -0),
      joints: arm.joints.map((joint) => ({ ...joint, damping: undefined })),
    };
    const { robot } = configureEnv('reach', { arm: minus });
    expect(robot?.home.every((angle) => Object.is(angle, 0))).toBe(true);
    expect(robot).toStrictEqual(JSON.parse(JSON.stringify(robot)));
  });

  it('is a name where it ships', () => {
    expect(configureEnv('reach', { arm: planar })).toEqual(configureEnv('reach', { arm: 'planar' }));
    expect(configureEnv('reach', { arm: planar })).not.toHaveProperty('robot');
  });

  it.each([
    ['the name of another', { ...arm, name: 'panda' }, UsageError, /robot "panda": expected a name that is free/],
    ['a changed arm by its name', { ...panda, home: [...panda.home] }, UsageError, /robot "panda"/],
    [
      'a number that is none',
      { ...arm, home: [0, Number.NaN, 0] },
      DefinitionError,
      /robot "crane": home\.1: expected number/,
    ],
    [
      'a home of another length',
      { ...arm, home: [0, 0] },
      DefinitionError,
      /arm crane: home: expected a position for each of the 3/,
    ],
    ['a tip that is not there', { ...arm, tip: 'hook' }, DefinitionError, /arm crane: tip: .* found "hook"/],
    [
      'joints that are no tree',
      { ...arm, joints: arm.joints.toReversed() },
      DefinitionError,
      /model crane, joint bending/,
    ],
    ['what no arm has', { ...arm, colour: 'red' }, DefinitionError, /robot "crane": colour/],
  ])('is refused for %s', (_what, wrong, kind, words) => {
    expect(() => configureEnv('reach', { arm: wrong as Arm })).toThrow(kind);
    expect(() => configureEnv('reach', { arm: wrong as Arm })).toThrow(words);
  });

  it('is refused by a task that runs on others', () => {
    expect(() => makeEnv('panda-reach', { arm })).toThrow(/panda-reach does not run on arm "crane"/);
  });
});

describe('train({ arm })', () => {
  it('comes to the same bytes with one worker and with two, and its files need nothing else', async () => {
    const runs = [1, 2].map((workers) => train({ ...short, arm, workers }));
    for (const run of runs) for await (const _ of run);
    const [[policy, recording], other] = await Promise.all(
      runs.map((run) => Promise.all([run.policy(), run.record(3)])),
    );
    expect(other).toEqual([policy, recording]);
    const { learner } = await decodePolicy(policy, 'policy');
    expect(learner.env.config.robot).toEqual(configureEnv('reach', { arm }).robot);
    const decoded = await decodeRecording(recording, 'recording');
    expect(findDifference(envOf(decoded.header.env), decoded)).toBeNull();
  });

  it('tells a recording of another robot by the first number that differs', async () => {
    const recording = await decodeRecording(await train({ ...short, arm }).record(1), 'recording');
    const other = { ...arm, joints: arm.joints.map((joint) => ({ ...joint, maxVelocity: 1.5 })) };
    const difference = findDifference(makeEnv('reach', { arm: other }), recording);
    expect(difference).toMatchObject({ field: 'header.env.robot.joints.0.maxVelocity', expected: '3', found: '1.5' });
  });

  it('tells a recording whose robot is not the one of its scene', async () => {
    const { header, episodes } = await decodeRecording(await train({ ...short, arm }).record(1), 'recording');
    const [first, ...joints] = header.env.robot?.joints ?? [];
    const forged = {
      ...header.env,
      robot: { ...(header.env.robot as Arm), joints: [{ ...first, high: 1.5 }, ...joints] },
    };
    const difference = findDifference(envOf(forged), { header: { ...header, env: forged }, episodes });
    expect(difference).toMatchObject({ field: 'header.scene.arm.model.joints.0.high', expected: '2.5', found: '1.5' });
  });

  it('reads a robot file beside the module of a task, for every thread', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'armature-')), 'crane.urdf');
    writeFileSync(file, crane());
    const module = new URL('../modules/project/touch.ts', import.meta.url);
    // Modules are opened by threads of the built package.
    const built: { train: typeof train } = await import(new URL('../../dist/src/index.js', import.meta.url).href);
    const run = built.train({ ...short, env: { module, arm: pathToFileURL(file) }, workers: 2 });
    await run.next();
    rmSync(dirname(file), { recursive: true });
    for await (const { envSteps } of run) expect(envSteps).toBeGreaterThan(0);
    const { header } = await decodeRecording(await run.record(1), 'recording');
    expect(header.env).toMatchObject({ env: 'touch', arm: 'crane', robot: { name: 'crane' } });
  });

  it('takes no arm beside an environment, which has one', async () => {
    await expect(train({ ...short, env: makeEnv('reach'), arm }).policy()).rejects.toThrow(/arm is for a task/);
  });
});

describe('a forged robot in a file is refused, with the file and the place', () => {
  const config = configureTraining({ env: 'reach', arm, options: { hiddenWidth: 4 } });
  const robot = config.env.robot as Arm;
  const plan = { config, limits: { iterations: null, untilSolved: false }, checkpointEvery: 10, fork: null };
  const forgeries: Readonly<Record<string, [object, RegExp]>> = {
    'by another name': [{ ...robot, name: 'other' }, /config\.json.*env: expected the name of its robot/],
    'of the name of one that ships': [{ ...robot, name: 'panda' }, /config\.json.*expected a name that is free/],
    'without a home': [{ ...robot, home: [] }, /config\.json.*home: expected a position for each/],
    'with a text for a number': [{ ...robot, home: ['0', 0, 0] }, /config\.json.*env\.robot\.home\.0/],
    'with nothing for a number': [{ ...robot, home: [null, 0, 0] }, /config\.json.*env\.robot\.home\.0/],
    'with joints in a circle': [
      { ...robot, joints: robot.joints.map((joint) => ({ ...joint, parent: joint.child })) },
      /config\.json.*its parent .* is not carried/,
    ],
    'with more than an arm has': [{ ...robot, code: 'process.exit()' }, /config\.json.*code/],
    'with too many bodies': [
      { ...robot, bodies: Array(300).fill(robot.bodies[0]) },
      /config\.json.*env\.robot\.bodies/,
    ],
    'with a far site': [
      { ...robot, sites: [{ ...robot.sites[0], frame: { position: [1e9, 0, 0], rotation: [0, 0, 0, 1] } }] },
      /config\.json.*env\.robot\.sites\.0\.frame\.position\.0/,
    ],
  };

  it.each(Object.entries(forgeries))('%s', async (_what, [forged, words]) => {
    const text = new TextDecoder().decode(await encodePlan(plan, defaultBackend));
    const document = JSON.parse(text);
    const name = (forged as { name: string }).name;
    const arm = name === 'other' ? 'crane' : name;
    const changed = { ...document, checksum: unsealed, env: { ...document.env, arm, robot: forged } };
    const bytes = await seal(new TextEncoder().encode(JSON.stringify(changed)));
    await expect(decodePlan(bytes, 'config.json')).rejects.toThrow(FileError);
    await expect(decodePlan(bytes, 'config.json')).rejects.toThrow(words);
  });

  it('as it was, it is taken', async () => {
    const { plan: found } = await decodePlan(await encodePlan(plan, defaultBackend), 'config.json');
    expect(found).toEqual(plan);
  });
});
