// Compiles the AssemblyScript kernels to WebAssembly and writes them, as base64, into modules that any bundler or
// runtime can load: node src/policy/network/build-kernels.mjs

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('../../..', import.meta.url));

async function build(source, target, features = []) {
  let wasm;
  const flags = ['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--use', 'abort=', ...features];
  const { error, stderr } = await asc.main([source, '--baseDir', root, '--outFile', 'kernel.wasm', ...flags], {
    writeFile: (_name, contents) => {
      wasm = contents;
    },
  });
  if (error) throw new Error(`${source} does not compile: ${error.message}\n${stderr}`);
  const text = [
    `// Compiled from ${source} by src/policy/network/build-kernels.mjs.`,
    `export const digest = '${createHash('sha256').update(wasm).digest('hex').slice(0, 8)}';`,
    `export const bytes =\n  '${Buffer.from(wasm).toString('base64')}';\n`,
  ].join('\n');
  const old = await readFile(root + target, 'utf8').catch(() => '');
  // An unchanged file keeps its date, and with it the caches of whatever watches it.
  if (old !== text) await writeFile(root + target, text);
  console.log(`${target}: ${wasm.length} bytes${old === text ? ', unchanged' : ''}`);
}

await build('envs/math/assembly/math.ts', 'envs/math/kernels.generated.ts');
const network = 'src/policy/network/assembly/net.ts';
const features = ['--enable', 'simd', '--initialMemory', '1'];
await build(network, 'src/policy/network/net.generated.ts', features);
// The same operations, in a memory that threads share.
await build(network, 'src/policy/network/net-shared.generated.ts', [
  ...[...features, '--enable', 'threads'],
  ...['--importMemory', '--sharedMemory', '--maximumMemory', '65536'],
]);
