import { compile, instantiate } from '../../envs/math/wasm.ts';
import { timedOften } from './measure.ts';

/**
 * What the processor gives to WebAssembly's multiplications and additions of two float64 at a time, each rounded by itself, when
 * all numbers are in registers: GFLOP/s. No product of matrices in float64 that keeps its bits on every machine can be faster.
 */
export async function ceiling(): Promise<() => number> {
  const chains = Array.from({ length: accumulators }, (_, i) => i);
  const source = `export function run(turns: i32): f64 {
    const m = f64x2.splat(0.999999), c = f64x2.splat(0.001);
    let ${chains.map((i) => `a${i} = f64x2.splat(${i})`).join(', ')};
    for (let t = 0; t < turns; t++) { ${chains.map((i) => `a${i} = f64x2.add(f64x2.mul(a${i}, m), c);`).join(' ')} }
    return f64x2.extract_lane(${chains.slice(1).reduce((sum, i) => `f64x2.add(${sum}, a${i})`, 'a0')}, 0);
  }`;
  // By a name that TypeScript does not follow: its types declare globals of AssemblyScript's own.
  const compiler: string = 'assemblyscript/asc';
  const { default: asc } = await import(compiler);
  let wasm = new Uint8Array();
  const { error } = await asc.main(
    ['run.ts', '--outFile', 'run.wasm', '-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd'],
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
  return () => (accumulators * flops * turns) / timedOften(() => run(turns)) / 1e6;
}

/** Enough for every unit to be busy while each waits for its own last result. */
const accumulators = 12;
/** A multiplication and an addition, of two numbers each. */
const flops = 4;
const turns = 100_000;
