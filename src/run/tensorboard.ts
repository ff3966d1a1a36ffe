import { append, sizeOf, writeWhole } from './files.ts';

/**
 * A table of metrics as the events file that TensorBoard reads: TFRecords (length, masked CRC-32C, an Event message, its masked CRC-32C)
 * of scalars, each column a tag by its own name, over training steps. Wall times are those of this process's clock.
 */

const wallTime = 1;
const step = 2;
const fileVersion = 3;
const summary = 5;

/** The events of lines of a table, at a time in seconds. */
export function eventsOf(heading: string, rows: readonly string[], seconds: number): Uint8Array<ArrayBuffer> {
  const names = heading.split(',');
  const steps = names.indexOf('env_steps');
  const events = rows.map((row) => {
    const cells = row.split(',');
    const values = cells.flatMap((cell, k) => {
      const value = Number(cell);
      return cell === '' || k === steps || !Number.isFinite(value) ? [] : [field(1, scalar(names[k], value))];
    });
    const time = [...key(wallTime, 1), ...bytesOf(8, (view) => view.setFloat64(0, seconds, true))];
    return record([...time, ...key(step, 0), ...varint(Number(cells[steps])), ...field(summary, values.flat())]);
  });
  return Uint8Array.from(events.flat());
}

/** What an events file begins with. */
export function eventsHead(seconds: number): Uint8Array<ArrayBuffer> {
  const time = [...key(wallTime, 1), ...bytesOf(8, (view) => view.setFloat64(0, seconds, true))];
  return Uint8Array.from(record([...time, ...field(fileVersion, text('brain.Event:2'))]));
}

/** An events file that follows a table as it grows; written anew where it is not as it was left. */
export class EventsFile {
  private readonly path: string;
  private rows = 0;
  private bytes = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** @param lines of the table, its heading first */
  follow([heading, ...rows]: readonly string[]): void {
    if (heading === undefined) return;
    const seconds = Date.now() / 1000;
    const isLeft = this.bytes > 0 && this.rows <= rows.length && sizeOf(this.path) === this.bytes;
    if (!isLeft) {
      const head = eventsHead(seconds);
      writeWhole(this.path, head);
      [this.rows, this.bytes] = [0, head.length];
    }
    const added = eventsOf(heading, rows.slice(this.rows), seconds);
    append(this.path, added);
    [this.rows, this.bytes] = [rows.length, this.bytes + added.length];
  }
}

function scalar(tag: string, value: number): number[] {
  return [...field(1, text(tag)), ...key(2, 5), ...bytesOf(4, (view) => view.setFloat32(0, value, true))];
}

/** A message's key of a field with this wire type. */
function key(id: number, type: number): number[] {
  return varint((id << 3) | type);
}

/** A field of bytes, with its length. */
function field(id: number, content: readonly number[]): number[] {
  return [...key(id, 2), ...varint(content.length), ...content];
}

function varint(value: number): number[] {
  const out: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...out, rest];
    out.push((rest % 128) + 128);
  }
}

function text(value: string): number[] {
  return [...new TextEncoder().encode(value)];
}

function bytesOf(size: number, set: (view: DataView) => void): number[] {
  const view = new DataView(new ArrayBuffer(size));
  set(view);
  return [...new Uint8Array(view.buffer)];
}

function record(content: readonly number[]): number[] {
  const length = bytesOf(8, (view) => view.setUint32(0, content.length, true));
  return [...length, ...masked(length), ...content, ...masked(content)];
}

/** The Castagnoli polynomial's checksum (RFC 3720, appendix B.4). */
export function crc32c(data: readonly number[]): number {
  return ~data.reduce((sum, byte) => (sum >>> 8) ^ table[(sum ^ byte) & 255], ~0) >>> 0;
}

/** The checksum as TFRecords have it, rotated and moved. */
function masked(data: readonly number[]): number[] {
  const crc = crc32c(data);
  const rotated = ((crc >>> 15) | (crc << 17)) >>> 0;
  return bytesOf(4, (view) => view.setUint32(0, (rotated + 0xa282ead8) >>> 0, true));
}

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0x82f63b78 ^ (c >>> 1) : c >>> 1;
  return c;
});
