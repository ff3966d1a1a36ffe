import { spawnSync } from 'node:child_process';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { tfjsVersion } from '../policy/network/tfjs-packages.ts';
import { Failure } from '../run/failure.ts';
import { exists } from '../run/files.ts';
import { withExamples } from './command.ts';
import { doctor } from './doctor.ts';
import { printLines } from './output.ts';

const name = '@tensorflow/tfjs-node-gpu';
const processorName = '@tensorflow/tfjs-node';

export function setupGpuCommand(): Command {
  const command = new Command('setup-gpu')
    .description(`install ${name} with its native addon and libtensorflow, then run doctor`)
    .addHelpText('after', explanation);
  return withExamples(command, 'armature setup-gpu', 'armature train reacher --backend tfjs-node-gpu').action(setUp);
}

const explanation = `
The package is put beside Armature, and in no package.json: \`npm ci\`, or \`npm
install\` of anything else, takes it away again. It downloads libtensorflow, about
1 GB unpacked, from Google's servers; TFJS_NODE_BASE_URI names a mirror. It needs
Node 20 or 22, an NVIDIA GPU with its driver, CUDA 11.2 and cuDNN 8.1.`;

async function setUp(): Promise<void> {
  const { platform, arch, versions } = process;
  if (arch !== 'x64' || (platform !== 'linux' && platform !== 'win32')) {
    throw new Failure(`${name} is for Linux and Windows on x64, this is ${platform} on ${arch}: use --backend wasm`);
  }
  const major = Number(versions.node.split('.')[0]);
  if (major > 22) throw new Failure(`${name} cannot run on Node ${versions.node}: it needs Node 20 or 22`);
  const folder = home();
  const at = join(folder, 'node_modules', name);
  if (folder.includes(`${sep}.pnpm${sep}`)) {
    throw new Failure(
      `pnpm keeps ${folder}: \`pnpm add -D ${name}@${tfjsVersion}\` and \`pnpm approve-builds\` install it`,
    );
  }
  if (exists(join(folder, 'package.json'))) {
    // In two steps: npm may block install scripts, and leaves nothing where one fails. An optional peer that is asked for as
    // nothing else is left out, and one that is not asked for again taken away.
    const others = exists(join(folder, 'node_modules', processorName)) ? [`${processorName}@${tfjsVersion}`] : [];
    const packages = [`${name}@${tfjsVersion}`, ...others];
    const install = ['install', '--no-save', '--save-dev', '--ignore-scripts', '--no-audit', '--no-fund', ...packages];
    npm(install, folder, `cannot install ${name}`);
  } else if (!exists(at)) {
    // npm would take all that is installed there for superfluous.
    const global = `\`npm install --global --ignore-scripts ${name}@${tfjsVersion}\``;
    throw new Failure(`${folder} is no project: ${global} first, then this again`);
  }
  npm(['run', 'install'], at, `${name} is installed, but not its native addon`);
  await doctor();
}

/** Where Armature's packages are: its own folder, or that of the project which it is installed in. */
function home(): string {
  const own = fileURLToPath(new URL('../../..', import.meta.url));
  const at = own.includes(`${sep}.pnpm${sep}`) ? -1 : own.indexOf(`${sep}node_modules${sep}`);
  return at < 0 ? own : own.slice(0, at);
}

function npm(args: readonly string[], folder: string, failure: string): void {
  printLines([`npm ${args.join(' ')}`]);
  const { status, signal, error } = spawnSync('npm', args, {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error) throw new Failure(`${failure}: npm cannot be started (${error.message})`);
  const how = signal ? `was ended by ${signal}` : `ended with code ${status}`;
  if (status !== 0) throw new Failure(`${failure}: \`npm ${args.join(' ')}\` in ${folder} ${how}`);
}
