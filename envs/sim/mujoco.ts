import type { MainModule } from '@mujoco/mujoco';
import { MujocoMissing, mujocoPackage } from './mujoco-package.ts';

/**
 * MuJoCo's own WebAssembly. Its package is an optional peer, loaded when something is first simulated there.
 */

let loaded: Promise<MainModule> | null = null;

/**
 * Loads MuJoCo, once.
 * @throws MujocoMissing where its package is not installed
 */
export function loadMujocoModule(): Promise<MainModule> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<MainModule> {
  try {
    const { default: start } = await import(/* @vite-ignore */ mujocoPackage);
    return await start();
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: string };
    throw code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${mujocoPackage}'`) ? new MujocoMissing() : error;
  }
}
