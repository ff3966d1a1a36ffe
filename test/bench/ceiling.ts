import { compile, instantiate } from '../../envs/math/wasm.ts';
import { timedOften } from './measure.ts';

/**
 * What the processor gives to WebAssembly's multiplications and additions of two float64 at a time, each rounded by itself: GFLOP/s
 * of sums of products that stay in registers, of numbers in the fastest cache. Nothing that keeps its bits on every machine can
 * multiply matrices in float64 faster.
 */
export async function ceiling(): Promise<() => number> {
  const sums = Array.from({ length: accumulators }, (_, i) => i);
  const source = `export function run(turns: i32): f64 {
    ${sums.map((i) => `let a${i} = f64x2.splat(0);`).join(' ')}
    for (let t = 0; t < turns; t++) {
      for (let at: usize = 0; at < ${numbers * 8}; at += 16) {
        const w = v128.load(at), v = v128.load(at, ${numbers * 8});
        let s = v128.load_splat<f64>(at);
        ${sums.map((i) => `${i % 2 ? '' : `s = v128.load_splat<f64>(at, ${8 * i});`} a${i} = f64x2.add(a${i}, f64x2.mul(s, ${i % 2 ? 'v' : 'w'}));`).join(' ')}
      }
    }
    return f64x2.extract_lane(${sums.slice(1).reduce((sum, i) => `f64x2.add(${sum}, a${i})`, 'a0')}, 0);
  }`;
  // By a name that TypeScript does not follow: its types declare globals of AssemblyScript's own.
  const compiler: string = 'assemblyscript/asc';
  const { default: asc } = await import(compiler);
  let wasm = new Uint8Array();
  const { error } = await asc.main(
    [
      'run.ts',
      '--outFile',
      'run.wasm',
      '-O3',
      '--noAssert',
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '--initialMemory',
      '1',
    ],
    {
      readFile: (name: string) => (name === 'run.ts' ? source : null),
      writeFile(_name: string, contents: Uint8Array<ArrayBuffer>) {
        wasm = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw error;
  const { run } = instantiate<{ run(turns: number): number }>(compile(Buffer.from(wasm).toString('base64')));
  // V8 has optimised it by then.
  for (const end = performance.now() + 500; performance.now() < end; ) run(turns);
  return () => (accumulators * flops * turns * (numbers / 2)) / timedOften(() => run(turns)) / 1e6;
}

/** Enough for every unit to be busy while each sum waits for its own last addition. */
const accumulators = 8;
const numbers = 128;
/** A multiplication and an addition, of two numbers each. */
const flops = 4;
const turns = 2_000;
