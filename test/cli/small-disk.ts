import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';

/** A real file system of a few kilobytes, for the present test; the test is skipped, with a reason, where none can be mounted. */
export function smallDisk(context: TestContext, size: string) {
  const path = mkdtempSync(join(tmpdir(), 'armature-disk-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  const mount = (...args: string[]) => execFileSync('mount', [...args, path], { stdio: 'pipe' });
  try {
    mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs');
  } catch (error) {
    context.skip(`cannot mount a file system here: ${error instanceof Error ? error.message.trim() : error}`);
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', path]);
  });
  const filler = join(path, 'filler');
  return {
    path,
    fill(except = 0) {
      const { bavail, bsize } = statfsSync(path);
      writeFileSync(filler, new Uint8Array(bavail * bsize - except));
    },
    free: () => rmSync(filler),
    remount: (how: 'ro' | 'rw') => mount('-o', `remount,${how}`),
  };
}
