import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin, type UserConfig } from 'vite';
import packageJson from '../package.json' with { type: 'json' };

const { dependencies } = packageJson;
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

/** The same in which a policy acts: its workers are a script of their own, which the page holds. */
const live: UserConfig['build'] = { ...shared, outDir: here('../dist/live') };
const liveWorkers: UserConfig['build'] = {
  outDir: here('../dist/live'),
  emptyOutDir: false,
  copyPublicDir: false,
  lib: { entry: here('live/worker/both-workers.ts'), formats: ['iife'], name: 'workers', fileName: () => 'worker.js' },
  rolldownOptions: { output: { codeSplitting: false } },
};

/** What `createViewer` is imported from: what a user's own bundler finds among the packages stays outside. */
const library: UserConfig['build'] = {
  outDir: here('../dist/viewer-lib'),
  copyPublicDir: false,
  lib: { entry: [here('index.ts'), here('verify/simulate.ts')], formats: ['es'] },
  rolldownOptions: { external: [/^three($|\/)/, ...Object.keys(dependencies)] },
};

/** Leaves the worker to the user's bundler, which finds it beside the library by the usual `new URL(.., import.meta.url)`. */
const workerBeside: Plugin = {
  name: 'worker-beside',
  enforce: 'pre',
  transform: (code, id) =>
    id.endsWith('/verify/start-simulator.ts') ? code.replace("'./simulate.ts'", 'SIMULATOR') : undefined,
  renderChunk: (code) => code.replace('SIMULATOR', "'./simulate.js'"),
};

const builds: Readonly<Record<string, UserConfig['build']>> = {
  share: shared,
  live,
  'live-workers': liveWorkers,
  library,
};

/** Modules that others stand for. A file on disk starts no worker, without which nothing is simulated, unless it holds the script. */
const standIns: Readonly<Record<string, readonly { readonly find: RegExp; readonly replacement: string }[]>> = {
  share: [
    { find: /^.*\/verify\/verify\.ts$/, replacement: here('verify/no-verify.ts') },
    { find: /^\.\/go-live\.ts$/, replacement: here('no-live.ts') },
  ],
  live: [{ find: /^\.\/start-(worker|simulator)\.ts$/, replacement: here('files/embedded-worker.ts') }],
};

export default defineConfig(({ mode }) => ({
  root: here('.'),
  plugins: mode === 'library' ? [workerBeside] : [],
  // Relative, so that the page works under any path it is served from.
  base: './',
  resolve: {
    alias: [
      { find: /^\.\/tfjs-packages\.ts$/, replacement: here('live/worker/no-tfjs.ts') },
      ...(standIns[mode] ?? []),
    ],
  },
  worker: {
    format: 'es',
    // The workers have Rapier in common: in a chunk of its own it is one file.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'rapier', test: /rapier3d-compat/ }] } } },
  },
  build: {
    emptyOutDir: true,
    target: ['chrome123', 'edge123', 'firefox128', 'safari17.5'],
    // What a chunk that is asked for imports is loaded by then.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_, files, { hostType }) => (hostType === 'html' ? files : []),
    },
    // A strict content security policy has no room for data: in scripts and styles.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 3000,
    ...(builds[mode] ?? page),
  },
}));
