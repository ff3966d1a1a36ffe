import { UsageError } from '../../envs/options.ts';

/** Where a Redis is, and what opens it. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly isEncrypted: boolean;
  readonly username?: string;
  readonly password?: string;
}

/** A whole URL, with the password, for command lines that are not to hold one. */
export const addressVariable = 'ARMATURE_QUEUE';

const form = 'redis://[user:password@]host[:port][/db], or rediss:// for TLS';

/**
 * The address that a command line names, or else the environment. A URL on the line that says nothing of a password is given that
 * of the environment's, where both name the same server.
 * @throws UsageError where neither names one, or one is no address of a Redis; it shows no part of a URL
 */
export function addressFrom(given: string | undefined, environment: string | undefined): Address {
  if (given === undefined && !environment) {
    throw new UsageError(`no queue is named: expected ${form}, on the line or in ${addressVariable}`);
  }
  const kept = environment ? addressIn(environment, addressVariable) : null;
  if (given === undefined) return kept as Address;
  const address = addressIn(given, 'the address of the queue');
  const isSame = kept?.host === address.host && kept.port === address.port && kept.isEncrypted === address.isEncrypted;
  if (!isSame || address.password !== undefined) return address;
  return { ...address, username: address.username ?? kept.username, password: kept.password };
}

function addressIn(text: string, source: string): Address {
  const url = URL.canParse(text) ? new URL(text) : null;
  const db = /^\/?(\d{0,4})$/.exec(url?.pathname ?? '')?.[1];
  const isRedis = url?.protocol === 'redis:' || url?.protocol === 'rediss:';
  if (!url || !isRedis || !url.hostname || db === undefined || url.search || url.hash) {
    throw new UsageError(`${source}: expected ${form}, found something else`);
  }
  return {
    // Node's sockets take an IPv6 address without brackets.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || 6379),
    db: Number(db),
    isEncrypted: url.protocol === 'rediss:',
    ...(url.username && { username: decoded(url.username, source) }),
    ...(url.password && { password: decoded(url.password, source) }),
  };
}

function decoded(text: string, source: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UsageError(`${source}: expected a name and a password with %25 for %, found something else`);
  }
}

/** What messages and displays show of an address, which is all that is ever shown of it. */
export function shown({ host, port }: Pick<Address, 'host' | 'port'>): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
