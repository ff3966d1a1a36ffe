import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { compile, type WasmMemory } from '../../../../envs/math/wasm.ts';
import { bytes } from '../net-shared.generated.ts';
import { createKernel, type Kernel, makePart } from '../passes.ts';
import type { Widths } from '../types.ts';
import { type Board, enter, leave, takePart } from './board.ts';

/** A thread that makes parts of the passes of others' networks. It waits without an event loop, and is ended by who started it. */

export interface ThreadOptions {
  readonly board: Board;
  readonly threads: number;
  /** Its index; the thread that leads is 0. */
  readonly thread: number;
}

/** A network whose passes follow. */
export interface SharedNetwork {
  readonly widths: Widths;
  readonly memory: WasmMemory;
}

const { board, threads, thread } = workerData as ThreadOptions;
const inbox = parentPort as MessagePort;
const net = compile(bytes);
const kernels: Kernel[] = [];
const capacities: number[] = [];

/** The own kernels of a network, laid out as the memory is. */
function kernelOf(network: number, capacity: number): Kernel {
  while (kernels.length <= network) {
    // It was sent before the pass was opened.
    const { widths, memory } = (receiveMessageOnPort(inbox) as { message: SharedNetwork }).message;
    kernels.push(createKernel(net, widths, { memory, threads, thread }));
  }
  if (capacities[network] !== capacity) kernels[network].reserve(capacity);
  capacities[network] = capacity;
  return kernels[network];
}

for (let seen = 0; ; ) {
  const { turn, posted } = enter(board, seen);
  seen = turn;
  if (!posted) continue;
  const kernel = kernelOf(posted.network, posted.capacity);
  let made = 0;
  for (let part = takePart(board); part !== null; part = takePart(board), made++) makePart(kernel, posted.pass, part);
  leave(board, made);
}
