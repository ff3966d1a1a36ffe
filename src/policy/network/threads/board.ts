import { type Pass, passKinds } from '../passes.ts';

/**
 * Where threads find the parts of a pass through a network whose memory they share. One thread leads: it opens a pass, makes parts
 * of it like the others, and closes it once no part is left. Others enter while it is open, so that once it is closed and nobody
 * is inside, all parts are made and the next pass may be written over this one.
 */
export type Board = Int32Array<SharedArrayBuffer>;

/** Goes up with every pass; whether it is open; threads inside; the next part; then the pass. */
const cells = {
  turn: 0,
  isOpen: 1,
  inside: 2,
  next: 3,
  kind: 4,
  n: 5,
  start: 6,
  end: 7,
  network: 8,
  capacity: 9,
  parts: 10,
  /** Parts that others than the leader have made, over all passes. */
  made: 11,
} as const;

export interface Posted {
  readonly pass: Pass;
  /** Index of the network. */
  readonly network: number;
  /** Rows that the memory of the network is laid out for. */
  readonly capacity: number;
  readonly parts: number;
}

export function createBoard(): Board {
  return new Int32Array(new SharedArrayBuffer(Object.keys(cells).length * Int32Array.BYTES_PER_ELEMENT));
}

/** Opens a pass, by the thread that leads. */
export function open(board: Board, { pass, network, capacity, parts }: Posted): void {
  const { kind, n, start, end } = pass;
  const fields = { kind: passKinds.indexOf(kind), n, start, end, network, capacity, parts, next: 0 };
  for (const [name, value] of Object.entries(fields)) board[cells[name as keyof typeof fields]] = value;
  Atomics.store(board, cells.isOpen, 1);
  Atomics.add(board, cells.turn, 1);
  Atomics.notify(board, cells.turn);
}

/** A part that nobody has taken yet; null when there is none. */
export function takePart(board: Board): number | null {
  const part = Atomics.add(board, cells.next, 1);
  return part < board[cells.parts] ? part : null;
}

/**
 * Closes the pass, and waits until all its parts are made.
 * @param patience ms without a sign of those inside
 * @returns whether they are
 */
export function close(board: Board, patience: number): boolean {
  Atomics.store(board, cells.isOpen, 0);
  for (;;) {
    const inside = Atomics.load(board, cells.inside);
    if (inside === 0) return true;
    if (Atomics.wait(board, cells.inside, inside, patience) === 'timed-out') return false;
  }
}

/**
 * Waits for a pass after the one that was last seen, and enters it.
 * @returns its turn; it is null where it was closed by then
 */
export function enter(board: Board, seen: number): { turn: number; posted: Posted | null } {
  Atomics.wait(board, cells.turn, seen);
  const turn = Atomics.load(board, cells.turn);
  Atomics.add(board, cells.inside, 1);
  if (Atomics.load(board, cells.isOpen)) return { turn, posted: posted(board) };
  leave(board);
  return { turn, posted: null };
}

/** @param made parts that the thread has made */
export function leave(board: Board, made = 0): void {
  Atomics.add(board, cells.made, made);
  Atomics.sub(board, cells.inside, 1);
  Atomics.notify(board, cells.inside);
}

function posted(board: Board): Posted {
  const { kind, n, start, end, network, capacity, parts } = cells;
  return {
    pass: { kind: passKinds[board[kind]], n: board[n], start: board[start], end: board[end] },
    network: board[network],
    capacity: board[capacity],
    parts: board[parts],
  };
}

export function partsMade(board: Board): number {
  return Atomics.load(board, cells.made);
}
