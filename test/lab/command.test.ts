import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { experiments } from '../../src/lab/experiments/index.ts';
import { armature, jsonLines, temporaryFolder } from '../cli/armature.ts';

const folder = temporaryFolder();
const run = (...args: string[]) => armature(folder, 'lab', ...args);

it('prints a table and writes a report that holds everything', async () => {
  const { code, stdout, stderr } = await run('natural', '--out', 'deep/report.html');
  expect(code).toBe(0);
  expect(stderr).toMatch(/^natural: all \d claims hold \(\d+\.\d s\)\n$/);
  expect(stdout).toContain('Steps in affine coordinates');
  expect(stdout).toContain('  holds  ');
  expect(stdout).toContain('deep/report.html');
  const html = readFileSync(join(folder, 'deep/report.html'), 'utf8');
  expect(html).toContain('uPlot');
  expect(html).not.toMatch(/(src|href)="(?!#)/);
});

it('prints JSON lines and nothing else with --json; a seed gives one report', async () => {
  const { code, stdout } = await run('natural', 'importance', '--json', '--seed', '3', '--out', 'a.html');
  expect(code).toBe(0);
  const lines = jsonLines(stdout);
  expect(lines.map(({ type, name }) => name ?? type)).toEqual(['importance', 'natural', 'result']);
  expect(lines[0]).toMatchObject({ holds: true });
  expect(lines[2]).toEqual({ type: 'result', holds: true, failed: [], seed: 3, report: 'a.html' });
  await run('importance', 'natural', '--seed', '3', '--out', 'b.html');
  expect(readFileSync(join(folder, 'b.html'), 'utf8')).toBe(readFileSync(join(folder, 'a.html'), 'utf8'));
});

it('names the experiments in its help, and when it does not know one', async () => {
  const { stdout } = await run('--help');
  for (const { name, description } of experiments) expect(stdout).toContain(`  ${name.padEnd(12)} ${description}`);
  expect(stdout).toContain('\n  $ armature lab');
  const { code, stderr } = await run('natural', 'biased');
  expect(code).toBe(2);
  expect(stderr).toBe(
    `error: unknown experiment "biased"; there are: ${experiments.map(({ name }) => name).join(', ')}\n`,
  );
});

it('says before it begins where it cannot write', async () => {
  writeFileSync(join(folder, 'taken'), '');
  mkdirSync(join(folder, 'folder'));
  const reasons = {
    'taken/lab.html': 'expected a folder, found a file on the way',
    folder: 'expected a file, found a folder',
  };
  for (const [out, reason] of Object.entries(reasons)) {
    expect(await run('--out', out)).toEqual({ code: 1, stdout: '', stderr: `error: cannot write ${out}: ${reason}\n` });
  }
});
