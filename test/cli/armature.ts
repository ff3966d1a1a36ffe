import { type ChildProcess, type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, expect } from 'vitest';

/** The command as users run it: the built file, in a process of its own. */
const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** V8 spends a second on optimising Rapier, which a short command then waits for at its end. It changes no result. */
const unoptimised = '--liftoff-only';

export function armature(cwd: string, ...args: readonly string[]): Promise<Outcome> {
  return run(cwd, [unoptimised, main, ...args]);
}

/** Runs commands in a folder that are to succeed, and gives what each prints. */
export function succeeding(cwd: string): (...args: readonly string[]) => Promise<string> {
  return async (...args) => {
    const { code, stdout, stderr } = await armature(cwd, ...args);
    expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
    return stdout;
  };
}

/** The same without the shortcut. */
export function optimised(cwd: string, ...args: readonly string[]): Promise<Outcome> {
  return run(cwd, [main, ...args]);
}

function run(cwd: string, args: readonly string[]): Promise<Outcome> {
  if (!existsSync(main)) throw new Error('the command is not built: run `npm run build:cli` first');
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });
}

/** Commands that do not end by themselves: none outlives the tests, not even one that ran out of time. */
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
});

/** Starts such a command. */
export function start(cwd: string, ...args: readonly string[]) {
  return startWith({}, cwd, ...args);
}

/** The same with a file in the place of its stdout. */
export function startWith({ stdout = 'pipe' }: { stdout?: 'pipe' | number }, cwd: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, [unoptimised, main, ...args], {
    cwd,
    stdio: ['ignore', stdout, 'pipe'],
  }) as ChildProcessByStdio<null, Readable, Readable>;
  started.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const closed = new Promise<Outcome>((resolve) => {
    child.on('close', (code) => resolve({ code, ...output }));
  });
  const firstLine = firstLineOf(child, closed);
  // Not every test waits for it.
  firstLine.catch(() => {});
  return { child, closed, firstLine };
}

function firstLineOf(child: ChildProcess, closed: Promise<Outcome>): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
    closed.then(({ code, stderr }) => reject(new Error(`ended with ${code} before its first line: ${stderr}`)));
  });
}

/** A folder that is gone when the file's tests are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'armature-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Every path in a folder, with the time and the size of each file. */
export function listing(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((path) => {
      const { size, mtimeMs } = statSync(join(folder, path));
      return `${path} ${size} ${mtimeMs}`;
    });
}

export function bytes(...path: readonly string[]): string {
  return readFileSync(join(...path)).toString('base64');
}

/** JSON lines and nothing else. */
export function jsonLines(stdout: string): Record<string, unknown>[] {
  expect(stdout.endsWith('\n')).toBe(true);
  return stdout
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Short episodes: what is tested here is the command. */
export const quick = ['--set', 'horizon=6', '--steps', '1500', '--hidden-width', '8', '--batch', '500'] as const;

/** Does the work two at a time, in order. */
export async function inPairs<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all([worker(), worker()]);
}

/** What a command refuses: its exit code, some words of what it says, and the arguments. */
export type Refusal = readonly [code: number, words: string, ...args: string[]];

/** Sees that a command refuses in one line, and leaves the folder as it is. */
export async function expectRefusals(folder: string, command: string, cases: readonly Refusal[]): Promise<void> {
  const before = readdirSync(folder).sort();
  await inPairs(cases, async ([code, words, ...args]) => {
    const found = await armature(folder, command, ...args);
    expect({ args, code: found.code, stdout: found.stdout }).toEqual({ args, code, stdout: '' });
    expect(found.stderr, args.join(' ')).toMatch(/^error: [^\n]+\n$/);
    expect(found.stderr).toContain(words);
    expect(found.stderr).not.toContain('unexpected');
  });
  expect(readdirSync(folder).sort()).toEqual(before);
}

/** Every file in a folder with the digest of its bytes. */
export function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  );
  const digest = (path: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, path)))
      .digest('hex');
  return Object.fromEntries(files.sort().map((path) => [path, digest(path)]));
}
