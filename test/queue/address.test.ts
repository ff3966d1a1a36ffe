import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { addressFrom, shown } from '../../src/queue/address.ts';
import { isOlder } from '../../src/queue/connection.ts';
import { loadQueuePackages, queuePackages } from '../../src/queue/packages.ts';

describe('the address of a queue', () => {
  it('is that of the line, or that of the environment', () => {
    expect(addressFrom('redis://example.org', undefined)).toEqual({
      host: 'example.org',
      port: 6379,
      db: 0,
      isEncrypted: false,
    });
    expect(addressFrom(undefined, 'rediss://lab:a%3Ab@example.org:7000/3')).toEqual({
      host: 'example.org',
      port: 7000,
      db: 3,
      isEncrypted: true,
      username: 'lab',
      password: 'a:b',
    });
    expect(addressFrom('redis://[::1]:7000', undefined)).toMatchObject({ host: '::1', port: 7000 });
  });

  it('has the password of the environment where that is of the same server, and no other', () => {
    const kept = 'redis://lab:secret@example.org';
    expect(addressFrom('redis://example.org/2', kept)).toMatchObject({ username: 'lab', password: 'secret', db: 2 });
    for (const other of ['redis://example.com', 'redis://example.org:7000', 'rediss://example.org']) {
      expect(addressFrom(other, kept)).not.toHaveProperty('password');
    }
    expect(addressFrom('redis://me:mine@example.org', kept)).toMatchObject({ username: 'me', password: 'mine' });
  });

  it.each([
    'example.org',
    'http://u:secret@example.org',
    'redis://u:secret@',
    'redis://u:secret@example.org/name',
    'redis://u:secret@example.org/?password=secret',
    'redis://u:se%E0cret@example.org',
  ])('is refused as %s, of which nothing is shown', (text) => {
    const complaint = () => addressFrom(text, undefined);
    expect(complaint).toThrow(/^the address of the queue: expected/);
    expect(complaint).not.toThrow(/secret|se%|example/);
    expect(() => addressFrom(undefined, text)).toThrow(/^ARMATURE_QUEUE: expected/);
  });

  it('is asked for where there is none', () => {
    expect(() => addressFrom(undefined, undefined)).toThrow(/no queue is named.*ARMATURE_QUEUE/);
    expect(() => addressFrom(undefined, '')).toThrow(/no queue is named/);
  });

  it('is shown as host and port', () => {
    expect(shown(addressFrom('redis://u:secret@example.org/1', undefined))).toBe('example.org:6379');
    expect(shown(addressFrom('redis://[::1]:7000', undefined))).toBe('[::1]:7000');
  });
});

describe('what a queue needs', () => {
  it('is installed by a command with the versions that are tested here', async () => {
    const missing = () => Promise.reject(new Error('Cannot find package'));
    await expect(loadQueuePackages(missing)).rejects.toThrow(
      `a queue needs two packages: npm install bullmq@${queuePackages.bullmq} ioredis@${queuePackages.ioredis}`,
    );
    const { devDependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(devDependencies).toMatchObject(queuePackages);
    expect(peerDependencies).toMatchObject(queuePackages);
  });

  it.each([
    ['6.0.16', '6.2', true],
    ['5.9', '6.2', true],
    ['6.2.0', '6.2', false],
    ['7.0.15', '6.2', false],
    ['10.0', '6.2', false],
  ])('counts Redis %s as older than %s: %s', (version, than, is) => {
    expect(isOlder(version, than)).toBe(is);
  });
});
