import type { Redis } from 'ioredis';
import type { Connection } from './connection.ts';
import { keysOf } from './names.ts';

/** What a planner hears of a sweep: a job that is done, or something that was found wrong. */
export interface Item {
  readonly id: string;
  readonly job?: string;
  readonly fault?: string;
}

/** So long one waits for something new, ms. */
const waitFor = 500;
const atOnce = 100;

/** What workers say of a sweep, from its beginning on: what nobody has heard yet waits, whoever it was meant for died. */
export class News {
  private readonly redis: Redis;
  private readonly waiting: Redis;
  private readonly key: string;
  private last = '0';

  constructor({ redis }: Connection, sweep: string) {
    this.redis = redis;
    // One that waits answers nothing else meanwhile.
    this.waiting = redis.duplicate();
    this.waiting.on('error', () => {});
    this.key = keysOf(sweep).news;
  }

  /** What is new, which may be nothing. */
  async next(): Promise<Item[]> {
    const found = await this.waiting.xread('COUNT', atOnce, 'BLOCK', waitFor, 'STREAMS', this.key, this.last);
    const entries = found?.[0]?.[1] ?? [];
    this.last = entries.at(-1)?.[0] ?? this.last;
    return entries.map(([id, [kind, text]]) => ({ id, ...(kind === 'fault' ? { fault: text } : { job: text }) }));
  }

  async forget(id: string): Promise<void> {
    await this.redis.xdel(this.key, id);
  }

  close(): void {
    this.waiting.disconnect();
  }
}
