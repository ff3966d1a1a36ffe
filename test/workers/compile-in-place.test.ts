import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

const physics = new URL('../../dist/src/run/engine.js', import.meta.url).href;

/** In a process of its own, where nothing has been loaded yet. */
function told(program: string): unknown {
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }));
}

it('loads without the HTTP client of Node and without compiling in the background, and leaves no trace', () => {
  const found = told(`
    const { loadPhysics } = await import('${physics}');
    const hasClient = () => process.moduleLoadList.some((name) => name.includes('undici/undici'));
    const { instantiate } = WebAssembly;
    let background = 0;
    const counting = (...args) => (background++, instantiate(...args));
    WebAssembly.instantiate = counting;
    await Promise.all([loadPhysics(), loadPhysics()]);
    const before = hasClient();
    const restored = WebAssembly.instantiate === counting && typeof Request === 'function' && typeof Response === 'function';
    console.log(JSON.stringify({ before, after: hasClient(), background, restored }));
  `);
  // The globals bring the client when they are read: the first figure would show it.
  expect(found).toEqual({ before: false, after: true, background: 0, restored: true });
});
