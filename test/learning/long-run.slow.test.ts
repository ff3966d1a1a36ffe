import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('./long-run.mjs', import.meta.url));
const dist = new URL('../../dist', import.meta.url).href;

// 20,000 episodes; what an episode left behind would show: 0.65 kB each would be 13 MB.
test('training needs no more memory at iteration 2,000 than at iteration 50', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program, dist]);
  const resident = JSON.parse(stdout) as Record<string, number>;
  const megabytes = (iteration: number) => resident[iteration] / 2 ** 20;
  console.info(
    Object.keys(resident)
      .map((k) => `iteration ${k}: ${megabytes(Number(k)).toFixed(1)} MB`)
      .join(', '),
  );
  expect(megabytes(2000)).toBeLessThan(megabytes(50) + 6);
});
