import type { Widths } from './types.ts';

/** P, the numbers of a network's theta. */
export function sizeOf(widths: Widths): number {
  return widths.slice(1).reduce((sum, outputs, l) => sum + (widths[l] + 1) * outputs, 0);
}

/** @throws Error unless they are the widths of a network */
export function checkWidths(widths: Widths): void {
  if (widths.length < 2 || !widths.every((width) => Number.isInteger(width) && width > 0)) {
    throw new Error(`a network needs at least two positive integer widths, found [${widths.join(', ')}]`);
  }
}

/** @throws Error unless the array is of this length */
export function checkLength(name: string, array: Float64Array, length: number): void {
  if (array.length !== length) throw new Error(`${name}: expected ${length} numbers, found ${array.length}`);
}

/**
 * What `vjp` and `jvp` need.
 * @param rows of the last forward pass; less than 0 before one
 */
export function checkForward(name: string, rows: number): void {
  if (rows < 0) {
    throw new Error(`${name} differentiates at the last forward pass: expected one before, found none`);
  }
}
