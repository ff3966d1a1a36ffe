import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { type LivePage, livePage, scriptParts } from '../../src/pages/live-page.ts';

const module = 'x = "</script><!--";';
const page: LivePage = {
  html: '<meta charset="utf-8" /><title>Armature</title><script type="module" src="./a.js"></script><link rel="stylesheet" href="./a.css"><body></body>',
  files: { './a.js': module, './a.css': 'p {}' },
  worker: 'work()',
};
const policy = { name: '</script><b>', bytes: Uint8Array.of(1, 2, 3) };
const description = { title: 'An <arm>', text: 'It "acts".' };
const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const unzipped = (base64: string) => gunzipSync(Buffer.from(base64, 'base64'));

it('names what may run by its hash, and lets the frame alone compile WebAssembly', () => {
  const html = livePage(page, { policy }, description);
  const [first, second, ...more] = [...html.matchAll(/Content-Security-Policy" content="([^"]+)"/g)].map(
    ([, text]) => text,
  );
  expect(more).toEqual([]);
  const [frame, unpack] = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text]) => text);
  for (const text of [module, unpack]) expect([first, second].every((one) => one.includes(hashOf(text)))).toBe(true);
  expect([first.includes(hashOf(frame)), second.includes(hashOf(frame))]).toEqual([true, false]);
  expect([first, second].map((one) => /wasm-unsafe-eval|worker-src/.test(one))).toEqual([true, false]);
  expect(html.indexOf(first)).toBeLessThan(html.indexOf(frame));
  expect(html.indexOf(frame)).toBeLessThan(html.indexOf(second));
  expect([first, second].every((one) => one.startsWith("default-src 'none'; "))).toBe(true);
  expect(html).not.toContain('unsafe-inline');
});

it('holds its script, the policy and the worker, and no name ends an element', () => {
  const html = livePage(page, { policy, meshes: Uint8Array.of(9) }, description);
  const [script, ...files] = [...html.matchAll(/octet-stream"[^>]*>([^<]*)</g)].map(([, base64]) => unzipped(base64));
  expect(String(script)).toBe(module);
  expect(files.map((bytes) => [...bytes])).toEqual([[1, 2, 3], [9], [...Buffer.from('work()')]]);
  expect(html).toContain('[{"name":"\\u003c/script>\\u003cb>","url":"#shared-0","meshes":"#shared-1"}]');
  expect(html).toContain('<title>An &lt;arm&gt;</title>');
  expect(html).toContain('<meta name="description" content="It &quot;acts&quot;." />');
});

it('stores as bytes what a script holds as base64, and gives it back letter by letter', () => {
  const bytes = Buffer.from(Array.from({ length: 90_000 }, (_, i) => (i * i) % 251));
  const script = `a("${bytes.toString('base64')}", "c2hvcnQ=", "${'x'.repeat(200_001)}")`;
  const parts = scriptParts(script);
  expect(parts.map(({ length }) => length)).toEqual([3, 90_000, script.length - 120_003]);
  expect(parts.map((part, i) => part.toString(i % 2 ? 'base64' : 'utf8')).join('')).toBe(script);
});
