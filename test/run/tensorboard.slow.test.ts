import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs/light.js';
import { describe, expect, it } from 'vitest';
import { crc32c, EventsFile, eventsOf } from '../../src/run/tensorboard.ts';
import { contents, start, succeeding, temporaryFolder } from '../cli/armature.ts';

const folder = temporaryFolder();
const ok = succeeding(folder);

/** The part of TensorFlow's event.proto and summary.proto that holds scalars. */
const Event = protobuf.Root.fromJSON({
  nested: {
    Event: {
      fields: {
        wallTime: { type: 'double', id: 1 },
        step: { type: 'int64', id: 2 },
        fileVersion: { type: 'string', id: 3 },
        summary: { type: 'Summary', id: 5 },
      },
    },
    Summary: { fields: { value: { rule: 'repeated', type: 'Value', id: 1 } } },
    Value: {
      oneofs: { value: { oneof: ['simpleValue'] } },
      fields: { tag: { type: 'string', id: 1 }, simpleValue: { type: 'float', id: 2 } },
    },
  },
}).lookupType('Event');

interface Read {
  readonly wallTime: number;
  readonly step?: number;
  readonly fileVersion?: string;
  readonly summary?: { readonly value: readonly { readonly tag: string; readonly simpleValue: number }[] };
}

/** The events of TFRecords, each checked by its two checksums. */
function read(bytes: Uint8Array): Read[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const events: Read[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(view.getBigUint64(at, true));
    const content = bytes.subarray(at + 12, at + 12 + length);
    for (const [data, place] of [
      [bytes.subarray(at, at + 8), at + 8],
      [content, at + 12 + length],
    ] as const) {
      // Unmasked by the inverse of what the format says.
      const moved = (view.getUint32(place, true) - 0xa282ead8) >>> 0;
      expect(((moved << 15) | (moved >>> 17)) >>> 0).toBe(crc32c([...data]));
    }
    events.push(Event.toObject(Event.decode(content), { longs: Number }) as Read);
    at += length + 16;
  }
  return events;
}

/** What a table says, as its reader would have it from the events: steps, and scalars by name. */
function scalarsOf(table: string) {
  const [heading, ...rows] = table
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  return rows.map((row) => ({
    step: Number(row[heading.indexOf('env_steps')]),
    values: Object.fromEntries(
      heading.flatMap((name, k) =>
        name === 'env_steps' || row[k] === '' ? [] : [[name, Math.fround(Number(row[k]))]],
      ),
    ),
  }));
}

function scalarsIn(events: readonly Read[]) {
  return events.map(({ step, summary }) => ({
    step,
    values: Object.fromEntries((summary?.value ?? []).map(({ tag, simpleValue }) => [tag, simpleValue])),
  }));
}

const file = (run: string) => join(folder, run, 'events.out.tfevents.armature');

it('its checksum is that of the standard', () => {
  expect(crc32c([...new TextEncoder().encode('123456789')])).toBe(0xe3069283);
  expect(crc32c(new Array(32).fill(0))).toBe(0x8a9136aa);
  expect(crc32c(new Array(32).fill(255))).toBe(0x62a8ab43);
});

it('holds numbers of any size, and leaves out what is none', () => {
  const [{ step, summary, wallTime }] = read(eventsOf('iteration,env_steps,a,b,c', ['3,123456789012,-1e-9,,NaN'], 1.5));
  expect([step, wallTime]).toEqual([123456789012, 1.5]);
  expect(summary?.value).toEqual([
    { tag: 'iteration', simpleValue: 3 },
    { tag: 'a', simpleValue: Math.fround(-1e-9) },
  ]);
});

describe('an events file', () => {
  it('follows a table, and is written anew where it is not as it was left', () => {
    const path = join(folder, 'own.tfevents');
    const events = new EventsFile(path);
    const lines = ['iteration,env_steps,x', '1,10,0.5'];
    const steps = () => read(readFileSync(path)).map(({ step }) => step);
    events.follow([]);
    expect(existsSync(path)).toBe(false);
    events.follow(lines);
    lines.push('2,20,0.6');
    events.follow(lines);
    expect(steps()).toEqual([undefined, 10, 20]);
    expect(read(readFileSync(path))[0].fileVersion).toBe('brain.Event:2');
    truncateSync(path, 30);
    events.follow(lines);
    expect(steps()).toEqual([undefined, 10, 20]);
    appendFileSync(path, 'torn');
    lines.push('3,30,0.7');
    events.follow(lines);
    expect(steps()).toEqual([undefined, 10, 20, 30]);
    events.follow(lines.slice(0, 2));
    expect(steps()).toEqual([undefined, 10]);
  });

  const args = 'train panda-reach-joints --set horizon=5 --hidden-width 4 --batch 50 --eval-every 200'.split(' ');

  it('of a run has every number of its table, and goes on with the run; nothing else of the run changes', async () => {
    await ok(...args, '--steps', '400', '--tensorboard', '--out', 'watched');
    const table = readFileSync(join(folder, 'watched', 'metrics.csv'), 'utf8');
    expect(scalarsIn(read(readFileSync(file('watched'))).slice(1))).toEqual(scalarsOf(table));
    await ok(...args, '--steps', '400', '--out', 'not');
    const { 'events.out.tfevents.armature': _, ...others } = contents(join(folder, 'watched'));
    expect(others).toEqual(contents(join(folder, 'not')));
    // Told to stop on the way, and gone on with by a command that says nothing of it.
    const { child, closed } = start(folder, ...args, '--steps', '40000', '--tensorboard', '--out', 'stopped');
    while (!existsSync(file('stopped'))) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGTERM');
    expect((await closed).code).toBe(143);
    const before = read(readFileSync(file('stopped'))).length;
    const again = start(folder, 'resume', 'stopped');
    while (read(readFileSync(file('stopped'))).length <= before)
      await new Promise((resolve) => setTimeout(resolve, 20));
    again.child.kill('SIGTERM');
    await again.closed;
    const longer = readFileSync(join(folder, 'stopped', 'metrics.csv'), 'utf8');
    expect(scalarsIn(read(readFileSync(file('stopped'))).slice(1))).toEqual(scalarsOf(longer));
  });

  it('that cannot be written costs a warning, and nothing else of the run', async () => {
    const { child, closed } = start(folder, ...args, '--steps', '6000', '--tensorboard', '--out', 'blocked');
    while (!existsSync(file('blocked'))) await new Promise((resolve) => setTimeout(resolve, 20));
    // Nothing is renamed over a folder with something in it.
    child.kill('SIGSTOP');
    rmSync(file('blocked'));
    mkdirSync(join(file('blocked'), 'in the way'), { recursive: true });
    child.kill('SIGCONT');
    const { code, stderr } = await closed;
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: cannot write .+ \(training goes on, and saves when it can\)\n$/);
    rmSync(file('blocked'), { recursive: true });
    await ok(...args, '--steps', '6000', '--out', 'free');
    expect(contents(join(folder, 'blocked'))).toEqual(contents(join(folder, 'free')));
  });
});
