import { net } from './index.ts';
import { kernelOf, viewsOf } from './passes.ts';

/**
 * X^T U for X [n, K] and U [n, M], in float64, summed over the rows upwards: the gradient of a linear layer without its forward
 * pass. The rows come a few at a time, so that nothing grows with n.
 */
export interface Products {
  /** Rows that there is room for at a time. */
  readonly room: number;
  /** Where the next rows are to be put, [room, K] and [room, M]. */
  readonly x: Float64Array;
  readonly u: Float64Array;
  /**
   * Adds the products of the first n rows.
   * @param fresh begins a new sum
   */
  add(n: number, fresh: boolean): void;
  /** The sum [K, M]; a view that later calls overwrite. */
  total(): Float64Array;
}

/** For x of k columns and u of m. */
export function createProducts(k: number, m: number): Products {
  const kernel = kernelOf(net, [k, m]);
  const room = kernel.SLAB.value;
  if (kernel.reserve(room) !== 1) throw new Error(`products of ${k} and ${m} columns do not fit in 4 GiB`);
  const view = viewsOf(kernel);
  return {
    room,
    x: view(kernel.x, room * k),
    u: view(kernel.u, room * m),
    add(n, fresh) {
      kernel.backward(0, 0, n);
      for (let unit = 0; unit < kernel.units(); unit++) kernel.sum(unit, 0, n, fresh);
    },
    total() {
      kernel.afterVjp();
      return view(kernel.grad, k * m);
    },
  };
}
