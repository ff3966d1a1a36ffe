import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Outcome } from './armature.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the command itself needs. */
const needed = ['@dimforge/rapier3d-compat', 'commander', 'valibot'];

export interface Installation {
  readonly folder: string;
  /** Puts a package there with this text as its CommonJS module. */
  add(name: string, module: string): void;
  /** Puts one there that is installed in the project, with what it depends on. */
  link(name: string): void;
  run(...args: readonly string[]): Promise<Outcome>;
}

/** The built command in a folder of its own, beside no packages but those that it needs and what is added. */
export function install(folder: string): Installation {
  for (const part of ['src', 'envs']) cpSync(join(root, 'dist', part), join(folder, 'dist', part), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  const packages = join(folder, 'node_modules');
  const link = (name: string) => {
    mkdirSync(dirname(join(packages, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(packages, name), 'dir');
  };
  for (const name of needed) link(name);
  return {
    folder,
    link,
    add(name, module) {
      mkdirSync(join(packages, name), { recursive: true });
      writeFileSync(
        join(packages, name, 'package.json'),
        JSON.stringify({ name, version: '4.22.0', main: 'index.cjs' }),
      );
      writeFileSync(join(packages, name, 'index.cjs'), module);
    },
    run: (...args) =>
      new Promise((resolve) => {
        const command = ['--liftoff-only', join(folder, 'dist/src/cli/main.js'), ...args];
        const env = { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}` };
        const child = execFile(process.execPath, command, { cwd: folder, env }, (_error, stdout, stderr) => {
          resolve({ code: child.exitCode, stdout, stderr });
        });
      }),
  };
}

/** A native package that works: TensorFlow.js' own JavaScript behind the face of tfjs-node. */
export const native = ({ gpu = false, more = '' } = {}) => `
  const tf = require(${JSON.stringify(join(root, 'node_modules/@tensorflow/tfjs-core'))});
  require(${JSON.stringify(join(root, 'node_modules/@tensorflow/tfjs-backend-cpu'))});
  tf.enableProdMode();
  const backend = { isUsingGpuDevice: ${gpu}, binding: { TF_Version: '2.9.1' } };
  module.exports = { ...tf, version: { 'tfjs-node': '4.22.0' }, backend: () => backend };
  ${more}`;
