import { Worker } from 'node:worker_threads';
import { compile, sharedMemory } from '../../../../envs/math/wasm.ts';
import { bytes } from '../net-shared.generated.ts';
import { createKernel, type Kernel, makeAll, makePart, type Pass, partsOf } from '../passes.ts';
import { type NetBackend, sizeOf, type Widths } from '../types.ts';
import { defaultBackend, type Runner, wasmBackendOn } from '../wasm.ts';
import { type Board, close, createBoard, open, partsMade, takePart } from './board.ts';
import type { SharedNetwork, ThreadOptions } from './gradient-thread.ts';

/** Threads that make the passes of large batches through networks together, to the bytes of one: see `partsOf`. */
export interface GradientThreads {
  /** The default backend on all threads. Its networks live as long as the threads. */
  readonly backend: NetBackend;
  /** Parts that the other threads have made so far. */
  parts(): number;
  close(): void;
}

// For tests and benchmarks.
interface GradientThreadOptions {
  /** The threads' program. */
  readonly program?: URL;
  /** Rows times parameters from which on a pass is shared. */
  readonly least?: number;
}

/** So many rows times parameters are 1 ms of one thread: the others are woken in a fraction of that. */
const worthSharing = 2 ** 22;

/** Passes that are worth sharing come to so many times that before the others are started, which takes a core as long. */
const worthStarting = 128;

/** While a part of a pass is waited for, ms; it takes less than one. */
const patience = 60_000;

/** @param threads in all, the calling one among them; the others are started once large passes have taken a while */
export function createGradientThreads(threads: number, options: GradientThreadOptions = {}): GradientThreads {
  if (threads <= 1) return { backend: defaultBackend, parts: () => 0, close() {} };
  const { program = new URL('./gradient-thread.js', import.meta.url), least = worthSharing } = options;
  const net = compile(bytes);
  const board = createBoard();
  const networks: SharedNetwork[] = [];
  let others: Worker[] | null = null;
  /** Rows times parameters of large passes so far. */
  let large = 0;

  function start(): Worker[] {
    return Array.from({ length: threads - 1 }, (_, i) => {
      const workerData: ThreadOptions = { board, threads, thread: i + 1 };
      const thread = new Worker(program, { workerData });
      thread.unref();
      for (const network of networks) thread.postMessage(network);
      return thread;
    });
  }

  function openNetwork(widths: Widths): Runner {
    const memory = sharedMemory();
    const kernel = createKernel(net, widths, { memory, threads, thread: 0 });
    const network = networks.push({ widths, memory }) - 1;
    for (const thread of others ?? []) thread.postMessage(networks[network]);
    const size = sizeOf(widths);
    let capacity = 0;
    return {
      kernel,
      slab: kernel.SLAB.value,
      reserve(n) {
        capacity = n;
        return kernel.reserve(n) === 1;
      },
      run(pass) {
        const work = (pass.end - pass.start) * size;
        if (work < least) return makeAll(kernel, pass);
        large += work;
        if (large < worthStarting * least) return makeAll(kernel, pass);
        others ??= start();
        runTogether(board, kernel, pass, { network, capacity });
      },
    };
  }

  return {
    backend: wasmBackendOn(openNetwork),
    parts: () => partsMade(board),
    close() {
      for (const thread of others ?? []) void thread.terminate();
      others = [];
    },
  };
}

/** @throws Error where a thread took a part and does not come back with it */
function runTogether(
  board: Board,
  kernel: Kernel,
  pass: Pass,
  { network, capacity }: { network: number; capacity: number },
): void {
  open(board, { pass, network, capacity, parts: partsOf(kernel, pass) });
  for (let part = takePart(board); part !== null; part = takePart(board)) makePart(kernel, pass, part);
  if (!close(board, patience)) {
    throw new Error('a thread that computes gradients does not answer; --workers 1 does without');
  }
}
