import type { Redis, RedisOptions } from 'ioredis';
import { Failure } from '../run/failure.ts';
import type { Warn } from '../run/load.ts';
import { type Address, shown } from './address.ts';
import { loadQueuePackages, type QueuePackages } from './packages.ts';

/** A Redis that answers, and what the queue on it is made with. */
export interface Connection {
  readonly packages: QueuePackages;
  readonly redis: Redis;
  /** Host and port. */
  readonly name: string;
  close(): void;
}

/** The oldest Redis that BullMQ is made for. */
const oldest = '6.2';
/** So long a server may take for its first answer, ms. */
const patience = 10_000;

/**
 * Connects to a Redis, and sees that a queue can be kept on it. Once connected, what is asked of it while it is away is asked again when
 * it is back.
 * @param warn told of what may lose jobs, and of a server that goes away and comes back
 * @throws Failure where it cannot be reached, opened or used; its message shows host and port alone
 */
export async function connectQueue(address: Address, warn: Warn): Promise<Connection> {
  const packages = await loadQueuePackages();
  const name = shown(address);
  const redis = new packages.Redis(optionsFor(address));
  // What is said of them is said otherwise.
  redis.on('error', () => {});
  try {
    await reached(redis, name);
    await checkServer(redis, name, warn);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  const isClosed = tellOfOutages(redis, name, warn);
  return {
    packages,
    redis,
    name,
    close() {
      isClosed();
      redis.disconnect();
    },
  };
}

/** BullMQ looks for itself at what `checkServer` looks at, on every connection, and prints what it finds, unless it reads this off one. */
const unchecked = { skipVersionCheck: true };

function optionsFor({ host, port, db, username, password, isEncrypted }: Address): RedisOptions {
  return {
    host,
    port,
    db,
    username,
    password,
    ...(isEncrypted && { tls: { servername: host } }),
    lazyConnect: true,
    // What BullMQ asks of a connection that it is handed.
    maxRetriesPerRequest: null,
    ...unchecked,
    connectTimeout: patience,
    keepAlive: 10_000,
    retryStrategy: (times) => Math.min(200 * times, 2000),
  };
}

/** Waits for the first answer; the first error ends it. */
async function reached(redis: Redis, name: string): Promise<void> {
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const timer = setTimeout(() => fail(new Error('no answer')), patience);
  redis.on('error', fail);
  try {
    await Promise.race([failed, redis.connect().then(() => redis.ping())]);
  } catch (error) {
    throw explained(error, name);
  } finally {
    clearTimeout(timer);
    redis.off('error', fail);
  }
}

/** What to say of a connection that did not come about. A server's own words may quote what was sent, and are not shown. */
function explained(error: unknown, name: string): Failure {
  const text = error instanceof Error ? `${'code' in error ? error.code : ''} ${error.message}` : '';
  const found = reasons.find(([pattern]) => pattern.test(text))?.[1] ?? 'it does not answer as a Redis does';
  return new Failure(`cannot use the queue at ${name}: ${found}`);
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [/WRONGPASS|invalid password|AUTH.*failed/i, 'the name or the password is wrong'],
  [/NOAUTH|Authentication required/i, 'it asks for a password: redis://user:password@host, best in ARMATURE_QUEUE'],
  [/NOPERM/, 'its user may not do what a queue needs'],
  [/without any password configured/i, 'a password was given, and the server has none'],
  [/DB index/i, 'there is no database of this number'],
  [/ECONNREFUSED/, 'nothing listens there'],
  [/ENOTFOUND|EAI_AGAIN/, 'there is no host of this name'],
  [/EHOSTUNREACH|ENETUNREACH/, 'there is no way to the host'],
  [
    /CERT|certificate|SELF_SIGNED|UNABLE_TO|ALTNAME/i,
    'its certificate is not trusted: NODE_EXTRA_CA_CERTS names the file of its authority',
  ],
  [/SSL|TLS|EPROTO|wrong version number/i, 'it does not speak TLS: redis:// in the place of rediss://'],
  [/no answer|ETIMEDOUT|ECONNRESET|closed/i, 'there is no answer'],
];

async function checkServer(redis: Redis, name: string, warn: Warn): Promise<void> {
  let info: string;
  try {
    info = await redis.info();
  } catch (error) {
    throw explained(error, name);
  }
  const value = (key: string) => new RegExp(`^${key}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  const version = value('redis_version');
  if (isOlder(version, oldest)) {
    throw new Failure(`cannot use the queue at ${name}: expected Redis ${oldest} or later, found ${version}`);
  }
  const policy = value('maxmemory_policy');
  if (policy && policy !== 'noeviction') {
    warn(`the Redis at ${name} drops keys when it is full (maxmemory-policy ${policy}): noeviction keeps all jobs`);
  }
}

/** Whether one version is before another; what is no version is not. */
export function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number));
  const at = b.findIndex((part, i) => part !== (a[i] ?? 0));
  return at >= 0 && (a[at] ?? 0) < b[at];
}

/**
 * Says once that the server is away, and once that it is back.
 * @returns what says that the connection is closed by its owner
 */
function tellOfOutages(redis: Redis, name: string, warn: Warn): () => void {
  let [isAway, isClosed] = [false, false];
  redis.on('close', () => {
    if (!isAway && !isClosed) warn(`the queue at ${name} is out of reach; it is tried again and again`);
    isAway = true;
  });
  redis.on('ready', () => {
    if (isAway) warn(`the queue at ${name} is back`);
    isAway = false;
  });
  return () => {
    isClosed = true;
  };
}
