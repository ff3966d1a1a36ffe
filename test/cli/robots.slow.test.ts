import { mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { boxStl, crane } from '../robots/crane.ts';
import { armature, bytes, contents, inPairs, jsonLines, listing, succeeding, temporaryFolder } from './armature.ts';

const folder = temporaryFolder();
const run = (...args: string[]) => armature(folder, ...args);
const write = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text);
const short = ['--hidden-width', '4', '--batch', '100', '--steps', '300', '--checkpoint-every', '1'];

const ok = succeeding(folder);

/** Runs commands that each say `words` in one line, and leave the folder as it was. */
async function expectRefused(code: number, cases: readonly (readonly [words: string, ...args: string[]])[]) {
  const before = listing(folder);
  await inPairs(cases, async ([words, ...args]) => {
    const found = await run(...args);
    expect({ args, code: found.code, stdout: found.stdout }).toEqual({ args, code, stdout: '' });
    expect(found.stderr, args.join(' ')).toMatch(/^error: [^\n]+\n$/);
    expect(found.stderr).toContain(words);
    expect(found.stderr, args.join(' ')).not.toMatch(/unexpected/);
  });
  expect(listing(folder)).toEqual(before);
}

write('crane.urdf', crane());
write('forked.urdf', crane({ isForked: true }));

describe('a run on a robot file', () => {
  beforeAll(async () => {
    write('here.urdf', crane());
    mkdirSync(join(folder, 'else where'));
    write('else where/other name.URDF', crane());
    await Promise.all([
      ok('train', 'reach', '--arm', './here.urdf', ...short, '--out', 'a', '--workers', '1'),
      ok('train', 'reach', '--arm', 'else where/other name.URDF', ...short, '--out', 'b', '--workers', '2'),
    ]);
    await ok('train', 'reach', '--arm', 'here.urdf', ...short, '--out', 'stopped', '--iterations', '1');
    write('changed.urdf', crane({ turn: 2 }));
    for (const name of ['here.urdf', 'else where']) rmSync(join(folder, name), { recursive: true });
  }, 60_000);

  it('is the same bytes whatever the file is called, and with one thread and two', () => {
    expect(contents(join(folder, 'b'))).toEqual(contents(join(folder, 'a')));
  });

  it('says nothing of where the file was', () => {
    expect(Object.keys(contents(join(folder, 'a'))).length).toBeGreaterThan(4);
    for (const name of Object.keys(contents(join(folder, 'a')))) {
      expect(readFileSync(join(folder, 'a', name), 'latin1'), name).not.toMatch(/here\.urdf|else where|other name/i);
    }
  });

  it('goes on without the file, to the bytes of one that was never stopped', async () => {
    await ok('resume', 'stopped', '--fork', ...short.slice(0, 6), '--out', 'forked-run');
    // A run that was cut off is one without its last checkpoints.
    await ok('train', 'reach', '--arm', 'crane.urdf', ...short, '--out', 'cut');
    const made = contents(join(folder, 'cut'));
    rmSync(join(folder, 'cut', 'policy.safetensors'));
    rmSync(join(folder, 'cut', 'checkpoints', '000003.safetensors'), { force: true });
    await ok('resume', 'cut');
    expect(contents(join(folder, 'cut'))).toEqual(made);
  }, 60_000);

  it('is judged, recorded and verified without the file', async () => {
    const [judged, other] = await Promise.all(['a', 'b'].map((name) => ok('eval', name, '--episodes', '3', '--json')));
    expect(other).toBe(judged);
    await ok('record', 'a', '--episodes', '2', '--out', 'a.safetensors');
    await ok('record', 'b', '--episodes', '2', '--out', 'b.safetensors');
    expect(bytes(folder, 'b.safetensors')).toBe(bytes(folder, 'a.safetensors'));
    expect(await ok('verify', 'a.safetensors')).toContain('identical (2 episodes)');
    expect(await ok('verify', 'a.safetensors', '--policy', 'b')).toContain('its policy is that of b');
    expect(await ok('verify', join('a', 'rollouts.safetensors'))).toContain('identical');
    await ok('share', 'a.safetensors', '--out', 'a.html');
  }, 60_000);

  it('is held to a robot file that the line names', async () => {
    expect(await ok('verify', 'a/rollouts.safetensors', '--arm', './crane.urdf')).toContain('identical');
    const { code, stdout } = await run('verify', 'a/rollouts.safetensors', '--arm', './changed.urdf');
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining('different at header.env.robot.') });
  });

  it('does not go on with another robot, but a fork may', async () => {
    const { code, stderr } = await run('resume', 'a', '--arm', './changed.urdf');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /cannot go on otherwise .* config\.env\.robot\.joints\.0\.low -2\.5, not -2, .* and \d+ more; --fork/,
    );
    await ok('resume', 'a', '--arm', 'crane.urdf');
    await ok('resume', 'a', '--fork', '--arm', './changed.urdf', '--steps', '400', '--out', 'other-robot');
    const { env } = JSON.parse(readFileSync(join(folder, 'other-robot', 'config.json'), 'utf8'));
    expect(env).toMatchObject({ arm: 'crane', robot: { joints: [{ high: 2 }, {}, {}] } });
  }, 60_000);
});

describe('an arm that ships, from another home', () => {
  const home = '--home=0,-1.2,1.2,-1,-1.57,0';
  const other = '--home=0,-1.2,1.2,-1,-1.57,0.1';
  const named = ['--arm', 'ur5e', home];
  beforeAll(async () => {
    await ok('train', 'reach', ...named, ...short, '--out', 'homed');
  }, 60_000);

  it('is recorded in the run', () => {
    const { env } = JSON.parse(readFileSync(join(folder, 'homed', 'config.json'), 'utf8'));
    expect(env).toMatchObject({ arm: 'ur5e-home', robot: { home: [0, -1.2, 1.2, -1, -1.57, 0] } });
  });

  it('begins every episode there', async () => {
    await ok('record', 'homed', '--episodes', '1', '--out', 'homed.safetensors');
    await ok('export', 'homed.safetensors', '--format', 'csv', '--out', 'homed.csv');
    const [head, first] = readFileSync(join(folder, 'homed.csv'), 'utf8').split('\n');
    const start = first.split(',').filter((_, i) => /^q\./.test(head.split(',')[i]));
    expect(start.map((value) => Number(Number(value).toFixed(6)) + 0)).toEqual([0, -1.2, 1.2, -1, -1.57, 0]);
  });

  it('goes on, is judged, verified and shared by itself', async () => {
    const made = contents(join(folder, 'homed'));
    rmSync(join(folder, 'homed', 'policy.safetensors'));
    rmSync(join(folder, 'homed', 'checkpoints', '000003.safetensors'), { force: true });
    await ok('resume', 'homed');
    expect(contents(join(folder, 'homed'))).toEqual(made);
    await ok('resume', 'homed', ...named);
    await ok('eval', 'homed', '--episodes', '3');
    expect(await ok('verify', 'homed/rollouts.safetensors', '--policy', 'homed')).toContain('identical');
    await ok('share', 'homed', '--out', 'homed.html');
  }, 60_000);

  it('is held to the home that a line names', async () => {
    expect(await ok('verify', 'homed/rollouts.safetensors', ...named)).toContain('identical');
    const { code, stdout } = await run('verify', 'homed/rollouts.safetensors', '--arm', 'ur5e', other);
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining('header.env.robot.home.5') });
    const resumed = async (...args: string[]) => (await run('resume', 'homed', '--arm', 'ur5e', ...args)).stderr;
    expect(await resumed(other)).toContain('config.env.robot.home.5 0, not 0.1;');
    expect(await resumed()).toContain('config.env.arm "ur5e-home", not "ur5e"');
    await expectRefused(2, [
      ['homed has its arm in it', 'eval', 'homed', ...named],
      ['--home is for an arm', 'eval', 'homed', home],
    ]);
  });

  it('stands where the arm does', async () => {
    expect(await ok('robot', 'ur5e', home)).toMatch(/shoulder_lift .* -1\.2 /);
    expect(await ok('robot', 'ur5e', home)).toContain(`npx armature train reach --arm ur5e ${home}`);
    expect(await ok('check', 'reach', ...named, '--set', 'horizon=5')).toContain(`--arm ur5e ${home}`);
    await ok('eval', 'reach', ...named, '--policy', 'proportional', '--episodes', '3');
    const few = ['--algorithms', 'ppo', '--seeds', '1', '--steps', '200', '--goals', '2', '--out', 'homed-compared'];
    await ok('compare', '--env', 'reach', ...named, ...few, '--', '--batch', '100');
    const { env } = JSON.parse(readFileSync(join(folder, 'homed-compared', 'results.json'), 'utf8'));
    expect(env).toMatchObject({ arm: 'ur5e-home', robot: { home: [0, -1.2, 1.2, -1, -1.57, 0] } });
  }, 60_000);

  it('is the arm by its name where its own home is named', async () => {
    await ok('train', 'reach', '--arm', 'ur5e', ...short, '--out', 'plain');
    await ok('train', 'reach', '--arm', 'ur5e', '--home=0,-1.57,1.57,-1.57,-1.57,0', ...short, '--out', 'same');
    expect(contents(join(folder, 'same'))).toEqual(contents(join(folder, 'plain')));
    expect(
      await ok('verify', 'plain/rollouts.safetensors', '--arm', 'ur5e', '--home=0,-1.57,1.57,-1.57,-1.57,0'),
    ).toContain('identical');
  }, 60_000);
});

describe('missing meshes', () => {
  beforeAll(() => write('lost.urdf', crane({ mesh: 'package://crane/meshes/none.stl' })));
  const line =
    /line \d+: package:\/\/crane\/meshes\/none\.stl, looked for at .*meshes\/none\.stl; drawn instead: collision shapes/;

  it('are named once, with what is drawn instead, and end nothing', async () => {
    const stdout = await ok('train', 'reach', '--arm', './lost.urdf', ...short, '--out', 'lost');
    expect(stdout.match(new RegExp(line, 'g'))).toHaveLength(1);
    expect(stdout).toContain('1 mesh not found');
  });

  it('stand in the tables of armature robot, and in its JSON', async () => {
    const stdout = await ok('robot', './lost.urdf');
    expect(stdout).toMatch(line);
    expect(stdout).toMatch(/boom +none\.stl +not found +– +collision shapes/);
    const [{ missing }] = jsonLines(await ok('robot', './lost.urdf', '--json'));
    expect(missing).toMatchObject([
      { link: 'boom', instead: 'collision shapes', lookedAt: [expect.any(String), expect.any(String)] },
    ]);
  });

  it('and those that are there, by link: triangles, kept, kB', async () => {
    mkdirSync(join(folder, 'parts'), { recursive: true });
    write('parts/boom.stl', boxStl([0.03, 0.03, 0.15]));
    write('found.urdf', crane({ mesh: 'parts/boom.stl' }));
    expect(await ok('robot', './found.urdf', '--out', 'found.html')).toMatch(/boom +boom\.stl +12 +12 +0\.1 kB/);
    expect(readFileSync(join(folder, 'found.html'), 'utf8')).toContain('<image ');
    expect(jsonLines(await ok('robot', './found.urdf', '--json'))[0]).toMatchObject({
      meshes: [{ link: 'boom', uri: 'parts/boom.stl', read: 12, kept: 12 }],
    });
  });
});

it('the page of a robot says once how many joints it has', async () => {
  await ok('robot', './crane.urdf', '--out', 'once.html');
  const [, intro] = /<h1>.*?<\/h1>\s*<p>(.*?)<\/p>/s.exec(readFileSync(join(folder, 'once.html'), 'utf8')) ?? [];
  expect(intro).toMatch(/^crane, 3 joints to \w+; reaches [\d.]+ m, [\d.]+ kg\.$/);
  await ok('robot', 'planar', '--out', 'planar.html');
  expect(readFileSync(join(folder, 'planar.html'), 'utf8')).toMatch(/<p>[^<]*\d joints?, reaches/);
});

describe('what is printed', () => {
  it('of a robot file is a line or two, and says what shows more', async () => {
    const stdout = await ok('train', 'reach', '--arm', './forked.urdf', '--tip', 'jib2', ...short, '--out', 'printed');
    expect(stdout).toMatch(/^\.\/forked\.urdf: crane, 3 joints to jib2\w*\n/);
    expect(stdout).toMatch(/\d assumptions: npx armature robot \.\/forked\.urdf --tip jib2 shows them\n/);
  });

  it('for programs is a line of JSON', async () => {
    const lines = jsonLines(await ok('train', 'reach', '--arm', 'crane.urdf', '--json', ...short, '--out', 'json'));
    expect(lines[0]).toMatchObject({ type: 'robot', file: 'crane.urdf', arm: 'crane', joints: 3, missing: [] });
    expect(lines.at(-1)).toMatchObject({ type: 'result', env: 'reach' });
  });
});

describe('a robot file stands where an arm may', () => {
  it.each([
    ['envs', 'reach', '--arm', './crane.urdf'],
    ['check', 'reach', '--arm', './crane.urdf', '--set', 'horizon=5'],
    ['robot', './crane.urdf'],
    ['robot', './forked.urdf', '--tip', 'jib', '--home=0,-0.5,1'],
  ])('%s %s', async (...args) => expect(await ok(...args)).not.toBe(''), 60_000);

  it('compare', async () => {
    const few = ['--algorithms', 'ppo', '--seeds', '1', '--steps', '200', '--goals', '2', '--out', 'compared'];
    await ok('compare', '--env', 'reach', '--arm', './forked.urdf', '--tip', 'jib', ...few, '--', '--batch', '100');
    const { env } = JSON.parse(readFileSync(join(folder, 'compared', 'results.json'), 'utf8'));
    expect(env).toMatchObject({ arm: 'crane', robot: { name: 'crane' } });
  }, 60_000);
});

describe('armature robot', () => {
  it('shows joints, motors, bodies, assumptions, and what to do next', async () => {
    const stdout = await ok('robot', './crane.urdf');
    for (const words of [
      '1 turning',
      'revolute',
      '-2.5 to 2.5',
      '20.0 N m',
      'settles',
      '0.400 kg',
      'assumption',
      'tip: ',
      'peak speed',
      'rad/s',
    ]) {
      expect(stdout).toContain(words);
    }
    expect(stdout).toContain('npx armature train reach --arm ./crane.urdf');
    expect(stdout).toContain('npx armature robot ./crane.urdf --out robot.html');
    expect(stdout).toMatch(/At home\n( {4}[\u2800-\u28ff]+\n){8,22}\n/);
    expect(stdout).not.toMatch(/NaN|undefined|null/);
  });

  it('shows every assumption, however many there are', async () => {
    const stages = Array.from({ length: 20 }, (_, i) => `<transmission/><stage${i}/>`).join('\n');
    write('assumed.urdf', crane().replace('</robot>', `${stages}\n</robot>`));
    const [{ notes }] = jsonLines(await ok('robot', './assumed.urdf', '--json'));
    expect((notes as string[]).length).toBeGreaterThan(20);
    const stdout = await ok('robot', './assumed.urdf');
    for (const note of notes as string[]) expect(stdout).toContain(`\n    ${note}\n`);
    expect(stdout).not.toContain(' more: ');
  });

  it('gives the arm as data, and its step responses as numbers', async () => {
    const [found, ...others] = jsonLines(await ok('robot', './crane.urdf', '--json'));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ type: 'result', arm: { name: 'crane' }, problem: null, reach: expect.any(Number) });
    const responses = found.step_responses as Record<
      'settling' | 'overshoot' | 'steady_error' | 'peak_speed',
      number
    >[];
    expect(responses).toHaveLength(3);
    for (const { settling, overshoot, steady_error, peak_speed } of responses) {
      expect(peak_speed).toBeGreaterThan(0.5);
      expect(settling).toBeLessThan(0.5);
      expect(overshoot).toBeLessThan(0.25);
      expect(steady_error).toBeLessThan(0.01);
    }
  });

  it('compares the arm with MuJoCo', async () => {
    const [{ against }] = jsonLines(await ok('robot', './crane.urdf', '--against', 'mujoco', '--json'));
    const found = against as { motion: string; joints: number[]; all: number }[];
    expect(found.map(({ joints }) => joints.length)).toEqual([3, 3]);
    for (const { all } of found) expect(all).toBeLessThan(0.012);
    expect(await ok('robot', './crane.urdf', '--against', 'mujoco')).toMatch(/all joints {2,}\S+ rad {2,}\S+ rad/);
    await expectRefused(2, [['expected mujoco', 'robot', './crane.urdf', '--against', 'bullet']]);
  });

  it('writes a page with pictures and plots, once', async () => {
    await ok('robot', './crane.urdf', '--out', 'robot.html');
    const page = readFileSync(join(folder, 'robot.html'), 'utf8');
    expect(page.match(/<svg class="robot"/g)).toHaveLength(3);
    expect(JSON.parse(/id="charts">(.*?)<\/script>/.exec(page)?.[1] ?? '')).toHaveLength(3);
    await expectRefused(1, [['exists already', 'robot', './crane.urdf', '--out', 'robot.html']]);
    await ok('robot', './crane.urdf', '--out', 'robot.html', '--force');
  });

  it('shows an arm that ships by its name, and knows no other', async () => {
    expect(await ok('robot', 'planar')).toContain('settles');
    await expectRefused(2, [
      ['unknown arm "octopus"; there are: panda', 'robot', 'octopus'],
      ['--tip is for a robot file', 'robot', 'panda', '--tip', 'jib'],
    ]);
  }, 60_000);
});

describe('exit 2', () => {
  it('for an ambiguous chain, with the candidates and the command that names one', async () => {
    await expectRefused(2, [
      ['jib2', 'train', 'reach', '--arm', './forked.urdf'],
      ['`npx armature train reach --arm ./forked.urdf --tip jib', 'train', 'reach', '--arm', './forked.urdf'],
      ['`npx armature robot ./forked.urdf --tip jib', 'robot', './forked.urdf'],
    ]);
  });

  it('for flags that do not fit', () =>
    expectRefused(2, [
      ['--tip is for a robot file', 'train', 'reach', '--tip', 'jib'],
      ['--mend is for a robot file', 'train', 'reach', '--arm', 'panda', '--mend'],
      ['--no-meshes is for a robot file', 'envs', 'reach', '--no-meshes'],
      ['--home is for an arm: name it', 'train', 'reach', '--home', '0,0'],
      ['home: expected 6 numbers, for shoulder_pan, ', 'train', 'reach', '--arm', 'ur5e', '--home', '0,0'],
      [
        'panda-reach does not run on arm "panda-home"',
        'train',
        'panda-reach',
        '--arm',
        'panda',
        '--home',
        '0,0,0,-2,0,2,0',
      ],
      ['expected numbers with commas', 'train', 'reach', '--arm', './crane.urdf', '--home', '0,a,0'],
      ['home: expected 3 numbers', 'train', 'reach', '--arm', './crane.urdf', '--home', '0,0'],
      ['home: expected -2 to 2 for lifting', 'train', 'reach', '--arm', './crane.urdf', '--home', '0,3,0'],
      ['expected a folder, found nowhere', 'robot', './crane.urdf', '--allow-path', 'nowhere'],
      ['panda-reach does not run on arm "crane"', 'train', 'panda-reach', '--arm', './crane.urdf'],
      ['a has its arm in it', 'eval', 'a', '--arm', './crane.urdf'],
      ['a has its arm in it', 'record', 'a', '--arm', './crane.urdf', '--out', 'new'],
      ['is a robot file, and no task', 'train', './crane.urdf'],
      ['is a robot file, and no task', 'check', './crane.urdf'],
      ['--set motors.effort is for a robot file', 'train', 'reach', '--set', 'motors.effort=2'],
      ['--set horizon: a robot file has', 'robot', './crane.urdf', '--set', 'horizon=2'],
      ['no motor at "nose"', 'train', 'reach', '--arm', './crane.urdf', '--set', 'motors.nose.effort=2'],
      ['--arm is for one environment', 'envs', '--arm', './crane.urdf'],
    ]));
});

describe('exit 1', () => {
  beforeAll(() => {
    mkdirSync(join(folder, 'pack', 'urdf'), { recursive: true });
    mkdirSync(join(folder, 'outside'));
    write('pack/package.xml', '<package><name>pack</name></package>');
    write('outside/secret.stl', boxStl([0.03, 0.03, 0.15]));
    write('pack/large.stl', '');
    truncateSync(join(folder, 'pack/large.stl'), 50_000_001);
    symlinkSync(join(folder, 'outside', 'secret.stl'), join(folder, 'pack', 'link.stl'));
    const secret = join(folder, 'outside', 'secret.stl');
    const meshes = {
      dots: '../../outside/secret.stl',
      absolute: secret,
      file: `file://${secret}`,
      encoded: 'package://pack/%2e%2e/outside/secret.stl',
      link: '../link.stl',
      http: 'http://127.0.0.1:9/secret.stl',
      nul: 'package://pack/link%00.stl',
      large: '../large.stl',
    };
    for (const [name, mesh] of Object.entries(meshes))
      write(`pack/urdf/${name}.urdf`, crane({ mesh, isMassless: true }));
    write('torn.urdf', crane().slice(0, 700));
    write('negative.urdf', crane().replace('ixx="2e-3"', '\n      ixx="-2e-3"'));
    write('xacro.urdf', crane().replace('<link name="foot"/>', '<xacro:macro name="foot"/>'));
    mkdirSync(join(folder, 'folder.urdf'));
  });

  it('for a robot file that is none, by file and line', () =>
    expectRefused(1, [
      ['cannot read the robot file ./none.urdf', 'train', 'reach', '--arm', './none.urdf'],
      ['expected a file, found a folder', 'robot', './folder.urdf'],
      ['torn.urdf:', 'train', 'reach', '--arm', './torn.urdf'],
      ['xacro xacro.urdf > xacro-expanded.urdf', 'train', 'reach', '--arm', './xacro.urdf'],
    ]));

  it('for a moment of inertia below 0, unless it is mended', async () => {
    const where = 'negative.urdf:6: <inertia> of <inertial> of link "turntable"';
    const words = `${where}: expected principal moments of inertia above 0, found -0.002, 0.001, 0.002 kg m^2; --mend`;
    await expectRefused(1, [
      [words, 'train', 'reach', '--arm', './negative.urdf'],
      [words, 'robot', './negative.urdf'],
    ]);
    expect(await ok('robot', './negative.urdf', '--mend')).toMatch(/line 6: .* are not all positive; mended\n/);
  });

  it('for a mesh outside of the root, and one that is too large', () => {
    const outside = `lies outside of ${join(realpathSync(folder), 'pack')}`;
    return expectRefused(1, [
      [outside, 'train', 'reach', '--arm', 'pack/urdf/dots.urdf'],
      [outside, 'robot', 'pack/urdf/absolute.urdf'],
      [outside, 'check', 'reach', '--arm', 'pack/urdf/file.urdf'],
      [outside, 'robot', 'pack/urdf/link.urdf'],
      ['found an address, which is not fetched', 'robot', 'pack/urdf/http.urdf'],
      ['found one with a NUL', 'robot', 'pack/urdf/nul.urdf'],
      ['at most 50 MB', 'robot', 'pack/urdf/large.urdf'],
    ]);
  });

  it('unless its folder is allowed, or meshes are left out', async () => {
    await ok('robot', 'pack/urdf/dots.urdf', '--allow-path', 'outside', '--json');
    await ok('train', 'reach', '--arm', 'pack/urdf/http.urdf', '--no-meshes', ...short, '--out', 'bare');
  }, 60_000);
});
