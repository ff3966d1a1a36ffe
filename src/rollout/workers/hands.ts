import { compile, sharedMemory } from '../../../envs/math/wasm.ts';
import { defaultBackend } from '../../policy/network/index.ts';
import { sizeOf } from '../../policy/network/shape.ts';
import type { NetBackend, Widths } from '../../policy/network/types.ts';
import { type Runner, wasmBackendOn } from '../../policy/network/wasm/index.ts';
import { bytes } from '../../policy/network/wasm/net-shared.generated.ts';
import { type Kernel, kernelOf, partCount, runAlone } from '../../policy/network/wasm/passes.ts';
import {
  allMade,
  closeDesk,
  company,
  createDesk,
  type Invitation,
  type KernelFor,
  makeParts,
  mostParts,
  openDesk,
  type Posted,
  post,
  type SharedNetwork,
} from './desk.ts';

/** Threads that compute gradients together, to the bits of one: every element is summed by one of them, over all rows. */
export interface Hands {
  /**
   * The backend, its passes shared by all hands where it runs on our kernels and there is more than one. Its networks live as long
   * as the hands.
   */
  on(backend: NetBackend): NetBackend;
  /** Gives the hands threads to call on. */
  employ(threads: Threads): void;
  /** Lets the threads go, to do something else. */
  dismiss(): void;
}

export interface Threads {
  /** Calls them to the desk; they come when they can. */
  call(invitation: Omit<Invitation, 'hand'>): void;
  /**
   * Says that of these hands one took a part and does not come back with it.
   * @throws LostThreads when that happens again and again
   */
  giveUp(hands: readonly number[]): void;
  /** Half of how long to wait for one, ms. */
  readonly patience: number;
}

/** Work, as rows times parameters, for which it does not pay to ask others: 50 us. */
const little = 2 ** 18;

const net = compile(bytes);

/** @param hands threads in all, the calling one among them */
export function createHands(hands: number): Hands {
  const networks: (SharedNetwork | null)[] = [];
  let desk = createDesk(hands);
  let threads: Threads | null = null;
  /** Networks that the threads were told of when they were called; 0 when they have not been. */
  let told = 0;

  /** Whether others are at the desk; calls them if they know nothing of it. */
  function hasCompany({ call }: Threads): boolean {
    if (told < networks.length) {
      told = networks.length;
      openDesk(desk);
      call({ desk, networks, hands });
    }
    return company(desk).length > 0;
  }

  /** @returns whether nobody was lost meanwhile */
  function runTogether(
    { patience, giveUp }: Threads,
    posts: readonly Omit<Posted, 'first'>[],
    kernel: Kernel,
  ): boolean {
    const others = new Set(company(desk));
    for (const each of posts) {
      const posted = post(desk, each);
      makeParts(desk, kernel, posted);
      if (allMade(desk, posted, patience)) continue;
      // Those that came in the meantime know this desk, too.
      for (const hand of company(desk)) others.add(hand);
      closeDesk(desk);
      desk = createDesk(hands);
      told = 0;
      networks[each.network] = null;
      giveUp([...others]);
      return false;
    }
    return true;
  }

  function open(widths: Widths): Runner {
    const memory = sharedMemory();
    const kernel = kernelOf(net, widths, { memory, hands, hand: 0 });
    const network = networks.length;
    networks.push({ id: network, widths, memory });
    const size = sizeOf(widths);
    let capacity = 0;
    return {
      kernel,
      slab: kernel.SLAB.value,
      reserve(n) {
        capacity = n;
        return kernel.reserve(n) === 1;
      },
      run(...passes) {
        const posts = passes.map((pass) => ({ pass, network, capacity, parts: partCount(kernel, pass) }));
        const isShared = passes[0].n * size >= little && posts.every(({ parts }) => parts < mostParts);
        if (threads && isShared && hasCompany(threads)) return runTogether(threads, posts, kernel);
        runAlone(kernel, passes);
        return true;
      },
    };
  }

  const shared = wasmBackendOn(open);
  return {
    on: (backend) => (backend === defaultBackend && hands > 1 ? shared : backend),
    employ(given) {
      threads = given;
    },
    dismiss() {
      if (told) closeDesk(desk);
      told = 0;
    },
  };
}

/** A thread's own kernels of the networks that it is told of, laid out as they are asked for. */
export function ownKernels(): KernelFor {
  const made = new Map<number, { kernel: Kernel; capacity: number }>();
  return ({ id, widths, memory }, capacity, { hand, hands }) => {
    const own = made.get(id) ?? { kernel: kernelOf(net, widths, { memory, hands, hand }), capacity: -1 };
    made.set(id, own);
    if (own.capacity !== capacity) own.kernel.reserve(capacity);
    own.capacity = capacity;
    return own.kernel;
  };
}
