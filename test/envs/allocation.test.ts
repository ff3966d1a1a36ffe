import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('./allocation.mjs', import.meta.url));
const dist = new URL('../../dist', import.meta.url).href;

// What is left is the binding's own: seven rotations that it registers for finalisation (about 220 bytes each, in `command`) and
// the views through which it answers 23 readings (about 60 each, in `read`). Through its objects an arm's step took 20 kB.
test("a control step of an arm allocates what Rapier's binding does, and no more", () => {
  // Compiled where it stands, not in the background at times of its own: before it is, every number is boxed.
  const flags = ['--single-threaded', '--max-semi-space-size=256', '--min-semi-space-size=256'];
  const { heap, outside } = JSON.parse(execFileSync(process.execPath, [...flags, program, dist], { encoding: 'utf8' }));
  console.info(`an arm's step allocates ${heap.toFixed(0)} bytes, and ${outside.toFixed(1)} outside of the heap`);
  expect(heap).toBeGreaterThanOrEqual(0);
  expect(heap).toBeLessThan(3600);
  expect(outside).toBeLessThan(1);
});
