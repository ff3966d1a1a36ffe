/**
 * A reader of MCAP files by their specification alone (mcap.dev/spec), to hold a writer against: it goes through the records from the
 * first to the last, and uses no index.
 */

export interface ReadMessage {
  readonly topic: string;
  readonly schema: string;
  readonly schemaEncoding: string;
  readonly encoding: string;
  /** Nanoseconds. */
  readonly time: bigint;
  readonly content: unknown;
}

export interface ReadFile {
  readonly library: string;
  readonly metadata: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly messages: readonly ReadMessage[];
}

const magic = [0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a];
const opcodes = {
  header: 1,
  footer: 2,
  schema: 3,
  channel: 4,
  message: 5,
  chunk: 6,
  metadata: 12,
  dataEnd: 15,
} as const;

export function readMcap(bytes: Uint8Array): ReadFile {
  for (const at of [0, bytes.length - magic.length]) {
    if (magic.some((byte, i) => bytes[at + i] !== byte)) throw new Error(`no magic bytes at ${at}`);
  }
  const schemas = new Map<number, { name: string; encoding: string }>();
  const channels = new Map<number, { topic: string; schemaId: number; encoding: string }>();
  const messages: ReadMessage[] = [];
  const metadata: Record<string, Record<string, string>> = {};
  let [library, last] = ['', -1];
  const take = (opcode: number, content: Cursor) => {
    if (opcode === opcodes.header) [, library] = [content.text(), content.text()];
    else if (opcode === opcodes.metadata) metadata[content.text()] = content.map();
    else if (opcode === opcodes.schema) {
      schemas.set(content.u16(), { name: content.text(), encoding: content.text() });
    } else if (opcode === opcodes.channel) {
      const id = content.u16();
      channels.set(id, { schemaId: content.u16(), topic: content.text(), encoding: content.text() });
    } else if (opcode === opcodes.chunk) {
      content.skip(8 + 8 + 8 + 4);
      const compression = content.text();
      if (compression) throw new Error(`chunk of compression ${compression}`);
      records(content.bytes(Number(content.u64())), take);
    } else if (opcode === opcodes.message) {
      const channel = channels.get(content.u16());
      const schema = channel && schemas.get(channel.schemaId);
      if (!schema) throw new Error('a message before its channel or its schema');
      content.skip(4);
      const time = content.u64();
      content.skip(8);
      const { topic, encoding } = channel;
      const about = { topic, encoding, schema: schema.name, schemaEncoding: schema.encoding, time };
      messages.push({ ...about, content: JSON.parse(new TextDecoder().decode(content.rest())) });
    }
    last = opcode;
  };
  records(bytes.subarray(magic.length, bytes.length - magic.length), take);
  if (last !== opcodes.footer) throw new Error(`the last record is ${last}, not the footer`);
  return { library, metadata, messages };
}

/** Opcode, length and content, one after another. */
function records(bytes: Uint8Array, take: (opcode: number, content: Cursor) => void): void {
  const all = cursor(bytes);
  while (all.left() > 0) {
    const opcode = all.u8();
    take(opcode, cursor(all.bytes(Number(all.u64()))));
  }
}

type Cursor = ReturnType<typeof cursor>;

function cursor(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const move = (size: number) => {
    if (at + size > bytes.length) throw new Error(`${size} bytes at ${at} of ${bytes.length}`);
    at += size;
    return at - size;
  };
  const own = {
    left: () => bytes.length - at,
    skip: (size: number) => void move(size),
    u8: () => view.getUint8(move(1)),
    u16: () => view.getUint16(move(2), true),
    u32: () => view.getUint32(move(4), true),
    u64: () => view.getBigUint64(move(8), true),
    bytes: (size: number) => {
      const from = move(size);
      return bytes.subarray(from, from + size);
    },
    rest: () => own.bytes(own.left()),
    text: (): string => new TextDecoder('utf-8', { fatal: true }).decode(own.bytes(own.u32())),
    map(): Record<string, string> {
      const inner = cursor(own.bytes(own.u32()));
      const entries: [string, string][] = [];
      while (inner.left() > 0) entries.push([inner.text(), inner.text()]);
      return Object.fromEntries(entries);
    },
  };
  return own;
}
