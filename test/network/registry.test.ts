import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { backends, defaultBackend } from '../../src/policy/network/index.ts';
import { UnusableBackend } from '../../src/policy/network/types.ts';

describe.each(Object.entries(backends))('backend %s', (name, backend) => {
  it('is registered under its own name, and holds the contract in a test of its own', () => {
    expect(backend.name).toBe(name);
    expect(existsSync(fileURLToPath(new URL(`${name}.test.ts`, import.meta.url)))).toBe(true);
  });
});

it('the default one is always there', async () => {
  expect(await backends.wasm.load()).toBe(defaultBackend);
});

it('keeps what is wrong and what to do apart, for programs', () => {
  const error = new UnusableBackend('tfjs', 'not installed', 'it is not here', 'install it');
  expect(error).toMatchObject({ obstacle: 'not installed', reason: 'it is not here', remedy: 'install it' });
  expect(error.message).toBe('backend tfjs cannot be used: it is not here; install it');
});
