import { spawn } from 'node:child_process';
import { Command } from 'commander';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { Failure } from '../run/failure.ts';
import { isFolder, read } from '../run/files.ts';
import { type Offer, offerFile, offersIn } from '../run/library.ts';
import { printJson, withExamples } from './command.ts';
import { integer } from './options.ts';
import { serve } from './server.ts';

interface Given {
  readonly open: boolean;
  readonly port?: number;
  readonly json?: boolean;
}

const usualPort = 4545;
const usualRuns = 'runs';

export function viewCommand(): Command {
  const command = new Command('view')
    .description('replay rollouts in the browser')
    .argument('[path]', "a rollout file, a run's folder or a folder of runs; runs if not given")
    .option('--port <integer>', `port on this machine; ${usualPort}, or a free one, if not given`, integer(0, 65535))
    .option('--no-open', 'print the address and open no browser')
    .option('--json', 'print the address as one line of JSON');
  return withExamples(
    command,
    'armature view runs/panda-reach-joints-s0',
    'armature view reach.safetensors --no-open --port 8000',
  ).action((target: string | undefined, given: Given) => execute(target, given));
}

async function execute(target: string | undefined, { open, port, json }: Given): Promise<void> {
  const find = target === undefined ? () => offersIn(usualRuns) : await openTarget(target);
  const { address, close } = await listen(find, port);
  if (json) printJson({ type: 'view', address });
  else process.stdout.write(`${address}\nCtrl-C stops the viewer.\n`);
  if (open) openBrowser(address);
  process.once('SIGINT', close);
  process.once('SIGTERM', close);
}

type Find = () => readonly Offer[];

/** What was asked for, checked before anything is served: a bad file is an error here and not a page. */
async function openTarget(target: string): Promise<Find> {
  const find = isFolder(target) ? () => offersIn(target) : () => offerFile(target);
  const [first, ...others] = find();
  if (!first) throw new Failure(`cannot view ${target}: the folder holds no rollouts, and no run that does`);
  // Among several a bad one does not keep the others from being seen.
  if (!others.length) await decodeRecording(await read(first.file), first.file);
  return find;
}

async function listen(find: Find, port: number | undefined) {
  if (port !== undefined) return serve(find, port);
  return serve(find, usualPort).catch(() => serve(find, 0));
}

/** What opens the system's browser. */
export const opener: readonly string[] =
  process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];

/** Opens the system's browser. Where there is none, the printed address has to do. */
function openBrowser(address: string): void {
  const [command, ...args] = opener;
  const child = spawn(command, [...args, address], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
