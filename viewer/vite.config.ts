import { fileURLToPath } from 'node:url';
import { defineConfig, type UserConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What is served: three changes rarely and weighs most, and in a chunk of its own it stays in the browser's cache. */
const page: UserConfig['build'] = {
  outDir: here('../dist/viewer'),
  rolldownOptions: {
    output: { codeSplitting: { groups: [{ name: 'three', test: /node_modules[\\/]three[\\/]/ }] } },
  },
};

/** What `armature share` puts into one file: a single script, for a file on disk cannot load others. */
const shared: UserConfig['build'] = {
  outDir: here('../dist/share'),
  assetsInlineLimit: 1e6,
  rolldownOptions: { output: { codeSplitting: false } },
};

export default defineConfig(({ mode }) => ({
  root: here('.'),
  // Relative, so that the page works under any path it is served from.
  base: './',
  resolve: {
    // A file on disk cannot start a worker either, without which nothing is simulated.
    alias: mode === 'share' ? [{ find: /^.*\/verify\/verify\.ts$/, replacement: here('verify/no-verify.ts') }] : [],
  },
  worker: { format: 'es' },
  build: {
    emptyOutDir: true,
    target: ['chrome123', 'edge123', 'firefox128', 'safari17.5'],
    modulePreload: { polyfill: false },
    // A strict content security policy has no room for data: in scripts and styles.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 3000,
    ...(mode === 'share' ? shared : page),
  },
}));
