import type { WasmMemory } from '../../../envs/math/wasm.ts';
import type { Widths } from '../../policy/network/types.ts';
import { type Kernel, makePart, type Pass, passKinds } from '../../policy/network/wasm/passes.ts';

/**
 * Where threads find the parts of a pass through a network that lies in memory they share. The one that leads puts a pass on the
 * desk; whoever is there takes its parts one by one.
 */

/** A network for others to have an instance of. */
export interface SharedNetwork {
  /** Its index among the networks of its hands. */
  readonly id: number;
  readonly widths: Widths;
  readonly memory: WasmMemory;
}

/** What a thread needs to know to be one of the hands at a desk. */
export interface Invitation {
  readonly desk: Int32Array<SharedArrayBuffer>;
  /** Those that were left are null. */
  readonly networks: readonly (SharedNetwork | null)[];
  /** Its number; the leader has 0. */
  readonly hand: number;
  readonly hands: number;
}

/** A pass on the desk. */
export interface Posted {
  readonly pass: Pass;
  readonly network: number;
  /** Rows that the memory of the network is laid out for. */
  readonly capacity: number;
  readonly parts: number;
  /** The first ticket for its parts. */
  readonly first: number;
}

/**
 * Cells: a count that goes up with every pass, and when the desk closes; the next ticket; the pass; parts made; whether the desk is
 * closed; which hands are there.
 */
const cells = {
  turn: 0,
  ticket: 1,
  kind: 2,
  n: 3,
  start: 4,
  end: 5,
  network: 6,
  capacity: 7,
  parts: 8,
  made: 9,
  closed: 10,
  present: 11,
} as const;

/**
 * A pass has fewer parts: a ticket is one of them below this, and 15 bits of the turn above. A hand that slept for exactly a multiple
 * of 32,768 passes between looking at a ticket and taking it would take another pass for the one that it read.
 */
export const mostParts = 1 << 16;
/** The ticket while a pass is being posted. */
const none = -1;

/** A thread that shows no sign of life for so long hangs, ms. */
export const usualPatience = 20_000;

/** How often to look for what comes at any moment before sleeping: to be woken takes longer than many a part. */
const glances = 20_000;

export function createDesk(hands: number): Int32Array<SharedArrayBuffer> {
  const desk = new Int32Array(new SharedArrayBuffer((cells.present + hands) * Int32Array.BYTES_PER_ELEMENT));
  desk[cells.ticket] = none;
  return desk;
}

/** The hands that are there, beside the leader. */
export function company(desk: Int32Array): number[] {
  const hands: number[] = [];
  for (let hand = 1; cells.present + hand < desk.length; hand++) {
    if (Atomics.load(desk, cells.present + hand)) hands.push(hand);
  }
  return hands;
}

/** Puts a pass on the desk; only once all parts of the one before are made. */
export function post(desk: Int32Array, { pass, network, capacity, parts }: Omit<Posted, 'first'>): Posted {
  if (parts >= mostParts) throw new Error(`a pass of ${parts} parts: expected fewer than ${mostParts}`);
  const turn = Atomics.load(desk, cells.turn) + 1;
  const first = (turn * mostParts) & 0x7fffffff;
  Atomics.store(desk, cells.ticket, none);
  const { kind, n, start, end } = pass;
  const facts = { kind: passKinds.indexOf(kind), n, start, end, network, capacity, parts, made: 0 };
  for (const [name, value] of Object.entries(facts)) Atomics.store(desk, cells[name as keyof typeof cells], value);
  Atomics.store(desk, cells.ticket, first);
  Atomics.store(desk, cells.turn, turn);
  Atomics.notify(desk, cells.turn);
  return { pass, network, capacity, parts, first };
}

/** The pass on the desk; null while there is none, or it is just being put there. */
function read(desk: Int32Array): Posted | null {
  const cell = (name: keyof typeof cells) => Atomics.load(desk, cells[name]);
  const before = cell('ticket');
  const pass = { kind: passKinds[cell('kind')], n: cell('n'), start: cell('start'), end: cell('end') };
  const posted = { pass, network: cell('network'), capacity: cell('capacity'), parts: cell('parts') };
  const after = cell('ticket');
  const turnOf = (ticket: number) => ticket - (ticket % mostParts);
  // What was read between two tickets of one turn is of that turn.
  return before === none || after === none || turnOf(before) !== turnOf(after)
    ? null
    : { ...posted, first: turnOf(after) };
}

/** Takes parts of the pass and makes them until none are left. */
export function makeParts(desk: Int32Array, kernel: Kernel, { pass, parts, first }: Posted): void {
  for (;;) {
    const ticket = Atomics.load(desk, cells.ticket);
    const part = ticket - first;
    if (part < 0 || part >= parts) return;
    if (Atomics.compareExchange(desk, cells.ticket, ticket, ticket + 1) !== ticket) continue;
    makePart(kernel, pass, part);
    if (Atomics.add(desk, cells.made, 1) + 1 === parts) Atomics.notify(desk, cells.made);
  }
}

/**
 * Waits until others have made the parts that they took.
 * @param patience half of how long none may be made before they are given up, ms
 * @returns whether they did
 */
export function allMade(desk: Int32Array, { parts }: Posted, patience: number): boolean {
  let seen = Atomics.load(desk, cells.made);
  // A process that was stopped and goes on finds its time run out, however busy the others are: so nothing is to be made in a
  // second span either.
  for (let idle = 0; idle < 2 && seen !== parts; ) {
    const now = awaitChange(desk, cells.made, (count) => count === parts, patience);
    idle = now === seen ? idle + 1 : 0;
    seen = now;
  }
  return seen === parts;
}

/** Sends the others away from the desk, to whatever else they have to do. */
export function closeDesk(desk: Int32Array): void {
  Atomics.store(desk, cells.closed, 1);
  Atomics.add(desk, cells.turn, 1);
  Atomics.notify(desk, cells.turn);
}

export function openDesk(desk: Int32Array): void {
  Atomics.store(desk, cells.closed, 0);
}

/** A thread's own instance of a network, laid out for so many rows. */
export type KernelFor = (network: SharedNetwork, capacity: number, invitation: Invitation) => Kernel;

/** Comes to the desk, and helps with what is put there until it is closed, or a network is not one of those known. */
export function helpAt(invitation: Invitation, kernelFor: KernelFor): void {
  const { desk, networks, hand } = invitation;
  const place = cells.present + hand;
  Atomics.store(desk, place, 1);
  try {
    for (let turn = Atomics.load(desk, cells.turn); !Atomics.load(desk, cells.closed); ) {
      const posted = read(desk);
      if (posted) {
        const network = networks[posted.network];
        if (!network) return;
        makeParts(desk, kernelFor(network, posted.capacity, invitation), posted);
      }
      const seen = turn;
      turn = awaitChange(desk, cells.turn, (now) => now !== seen);
    }
  } finally {
    Atomics.store(desk, place, 0);
  }
}

/** The value of a cell once it is as wanted, or others have said that it changed, or for `patience` ms nobody has. */
function awaitChange(
  desk: Int32Array,
  cell: number,
  isWanted: (value: number) => boolean,
  patience = Number.POSITIVE_INFINITY,
): number {
  let value = Atomics.load(desk, cell);
  for (let glance = 0; glance < glances && !isWanted(value); glance++) value = Atomics.load(desk, cell);
  if (!isWanted(value)) Atomics.wait(desk, cell, value, patience);
  return Atomics.load(desk, cell);
}
