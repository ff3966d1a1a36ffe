/**
 * TensorFlow.js as it is installed on this machine. None of its packages comes with this one: what is named and cannot be
 * used is told apart by why, and what to do about it.
 */

import { type TensorFlow, tfjsBackend } from './tfjs.ts';
import { type NetBackend, UnusableBackend } from './types.ts';

/** The release of TensorFlow.js that this is made for. */
export const tfjsVersion = '4.22.0';

type Module = TensorFlow & {
  readonly version_core: string;
  readonly version: Readonly<Record<string, string>>;
  enableProdMode(): void;
  findBackendFactory(name: string): unknown;
  memory(): { readonly numTensors: number; readonly numBytes: number };
  setBackend(name: string): Promise<boolean>;
};

/** With what its native backend says of itself. */
type NativeModule = Module & {
  backend(): { readonly isUsingGpuDevice: boolean; readonly binding: { readonly TF_Version: string } };
};

type NativeName = 'tfjs-node' | 'tfjs-node-gpu';

/**
 * The package as it is, with or without a GPU.
 * @throws UnusableBackend where it is not installed or cannot run here
 */
export async function openNative(backend: NativeName, threads?: string): Promise<NativeModule> {
  await prepare(threads);
  const tf = await open(backend, `@tensorflow/${backend}`);
  await checkNode(backend, tf);
  return tf as NativeModule;
}

/**
 * tfjs-node or tfjs-node-gpu: TensorFlow's own library, on the processor or on a GPU.
 * @param before the version that a run has recorded, which says how many threads there were
 */
export async function loadNative(backend: NativeName, before = ''): Promise<NetBackend> {
  const tf = await openNative(backend, /(\d+) threads/.exec(before)?.[1]);
  const { isUsingGpuDevice, binding } = tf.backend();
  if (backend === 'tfjs-node-gpu' && !isUsingGpuDevice) {
    const needs = 'it needs an NVIDIA GPU with its driver, CUDA 11.2 and cuDNN 8.1';
    const remedy = `${needs}, found by the dynamic linker (LD_LIBRARY_PATH); \`nvidia-smi\` shows the GPU, and --backend tfjs-node uses the processor`;
    throw new UnusableBackend(backend, 'no GPU', 'it loads, but finds no GPU', remedy);
  }
  const where = isUsingGpuDevice ? ['gpu', await gpus()] : [`${process.env.TF_NUM_INTRAOP_THREADS} threads`];
  const kernels = process.env.TF_ENABLE_ONEDNN_OPTS === '0' ? [] : ['oneDNN'];
  const parts = [tf.version['tfjs-node'], `libtensorflow ${binding.TF_Version}`, ...where, ...kernels];
  const version = parts.filter(Boolean).join(', ');
  return tfjsBackend(tf, { name: backend, version });
}

/** A driver that hangs is not waited for any longer, ms. */
const patience = 10_000;

/** The GPUs that NVIDIA's driver knows, with its version; null without it, or where it does not say. */
export async function gpus(onTrouble: (why: string) => void = () => {}): Promise<string | null> {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const query = ['--query-gpu=name,driver_version', '--format=csv,noheader'];
  const child = spawn('nvidia-smi', query, { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  return new Promise((resolve) => {
    const end = (trouble: string | null) => {
      clearTimeout(timer);
      child.removeAllListeners('close');
      if (trouble !== null) onTrouble(trouble);
      resolve(trouble === null ? text.trim().split('\n').join('; ') : null);
    };
    const timer = setTimeout(() => {
      // One that waits for the driver may survive this.
      child.kill('SIGKILL');
      child.unref();
      child.stdout.destroy();
      end(`it hangs: no answer after ${patience / 1000} s`);
    }, patience);
    child.on('error', () => end('it is not there'));
    child.on('close', (code) => end(code === 0 ? null : 'it fails'));
  });
}

/** Plain TensorFlow.js: WebAssembly where that is installed, else JavaScript. */
export async function loadPlain(): Promise<NetBackend> {
  try {
    return await plain();
  } catch (error) {
    throw error instanceof UnusableBackend ? error : explained('tfjs', '@tensorflow/tfjs-core', error as Error);
  }
}

async function plain(): Promise<NetBackend> {
  const tf = (await find('@tensorflow/tfjs-core')) ?? (await find('@tensorflow/tfjs'));
  if (!tf) {
    const remedy = `${installing('@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm')} installs it`;
    throw new UnusableBackend('tfjs', 'not installed', 'TensorFlow.js is not installed', remedy);
  }
  // Without its advice to install another package.
  tf.enableProdMode();
  for (const engine of ['wasm', 'cpu']) {
    // The union package brings its own, which need not be found by their names.
    await find(`@tensorflow/tfjs-backend-${engine}`);
    if (tf.findBackendFactory(engine) && (await tf.setBackend(engine))) {
      return tfjsBackend(tf, { name: 'tfjs', version: `${tf.version_core}, ${engine}` });
    }
  }
  const remedy = `${installing('@tensorflow/tfjs-backend-wasm')} adds the fastest`;
  throw new UnusableBackend('tfjs', 'not installed', 'TensorFlow.js is there without a backend for Node', remedy);
}

/**
 * How TensorFlow is to behave, unless the environment says otherwise. It rounds differently with another number of threads
 * and with oneDNN's kernels, which depend on the processor; newer GPUs multiply by 10 bits of each number, if they are let.
 */
async function prepare(threads: string | undefined): Promise<void> {
  const { availableParallelism } = process.getBuiltinModule('node:os');
  const usual = {
    TF_NUM_INTRAOP_THREADS: threads ?? String(availableParallelism()),
    TF_ENABLE_ONEDNN_OPTS: '0',
    TF_DETERMINISTIC_OPS: '1',
    NVIDIA_TF32_OVERRIDE: '0',
    TF_CPP_MIN_LOG_LEVEL: '2',
  };
  for (const [name, value] of Object.entries(usual)) process.env[name] ??= value;
}

/** The command that puts packages there. Without `--save-dev` npm leaves out those that are optional peers. */
function installing(...names: readonly string[]): string {
  return `\`npm install --no-save --save-dev ${names.map((name) => `${name}@${tfjsVersion}`).join(' ')}\``;
}

/** Imports a package, or says why that fails. */
async function open(backend: string, name: string): Promise<Module> {
  try {
    const module = await find(name);
    if (module) return module;
  } catch (error) {
    throw explained(backend, name, error as Error & { readonly code?: string });
  }
  const remedy = backend === 'tfjs-node-gpu' ? '`npx armature setup-gpu`' : installing(name);
  throw new UnusableBackend(backend, 'not installed', `${name} is not installed`, `${remedy} installs it`);
}

/** Imports a package; null where it is not installed. The name is no literal: bundlers are not to follow it. */
async function find(name: string): Promise<Module | null> {
  try {
    const module = await import(/* @vite-ignore */ name);
    // A CommonJS package is the default: Node may not see its names.
    return module.default ?? module;
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: string };
    if (code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`)) return null;
    throw error;
  }
}

function explained(backend: string, name: string, error: Error & { readonly code?: string }): UnusableBackend {
  const first = error.message.trim().split('\n')[0].replace(/\.$/, '');
  const script =
    backend === 'tfjs-node-gpu' ? '`npx armature setup-gpu`' : `\`npm run install\` in node_modules/${name}`;
  if (error.code === 'ERR_DLOPEN_FAILED') {
    const remedy = `${script} downloads libtensorflow; where that is elsewhere, LD_LIBRARY_PATH has to name its folder`;
    return new UnusableBackend(backend, 'no libtensorflow', `its native addon cannot be loaded (${first})`, remedy);
  }
  if (/native addon module/.test(error.message)) {
    const remedy = `npm may have blocked its install script: ${script} runs it`;
    return new UnusableBackend(backend, 'no native addon', 'it is installed without its native addon', remedy);
  }
  return new UnusableBackend(backend, 'broken', `it cannot be loaded (${first})`, 'install it again');
}

/** tfjs-node 4.22 uses a function that Node 23 removed, and throws there at its first operation on several tensors. */
async function checkNode(backend: string, tf: Module): Promise<void> {
  try {
    tf.dispose(tf.tidy(() => tf.concat([tf.ones([1]), tf.ones([1])])));
  } catch (error) {
    const { message } = error as Error;
    if (!/isNullOrUndefined/.test(message)) {
      throw new UnusableBackend(backend, 'broken', `its first operation fails (${message})`, 'install it again');
    }
    const remedy = 'it needs Node 20 or 22, where `util.isNullOrUndefined` is';
    throw new UnusableBackend(backend, 'Node version', `it cannot run on Node ${process.versions.node}`, remedy);
  }
}
