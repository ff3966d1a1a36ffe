import { Command } from 'commander';
import { UsageError } from '../../envs/options.ts';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { goingIn, type ListedRecording, recordingAt, recordingsIn } from '../pages/library.ts';
import { serve } from '../pages/server.ts';
import { Failure } from '../run/failure.ts';
import { exists, isFolder, read } from '../run/files.ts';
import { isPretrained, pretrainedFile, pretrainedNames } from '../run/pretrained.ts';
import { integer, withExamples } from './command.ts';
import { openBrowser } from './open-browser.ts';
import { printJson, printLines } from './output.ts';
import { stopSignals } from './supervisor.ts';

interface ViewFlags {
  readonly open: boolean;
  readonly port?: number;
  readonly json?: boolean;
}

const usualPort = 4545;
const usualRuns = 'runs';

export function viewCommand(): Command {
  const command = new Command('view')
    .description("replay rollouts in the browser; there a run's policy acts live, and others are trained")
    .argument(
      '[path...]',
      "rollout files, runs' folders or folders of runs; runs if none is given. The first two of several stand beside each other. Or the name of a policy that ships, which acts",
    )
    .option('--port <integer>', `port on this machine; ${usualPort}, or a free one, if not given`, integer(0, 65535))
    .option('--no-open', 'print the address and open no browser')
    .option('--json', 'print the address as one line of JSON');
  return withExamples(
    command,
    'armature view runs/panda-reach-joints-s0',
    'armature view panda-reach',
    'armature view runs/reach-ppo runs/reach-trpo',
    'armature view reach.safetensors --no-open --port 8000',
  ).action(execute);
}

async function execute(targets: readonly string[], { open, port, json }: ViewFlags): Promise<void> {
  const shipped = targets.find(isPretrained);
  if (shipped !== undefined && targets.length > 1) {
    throw new UsageError(
      `${shipped} is a policy that ships, and acts alone: name it without ${targets.length > 2 ? 'others' : 'another'}`,
    );
  }
  const lists: List[] = [];
  if (shipped === undefined) for (const target of targets) lists.push(await openTarget(target));
  const list = targets.length ? () => distinct(lists.map((one) => one())) : () => recordingsIn(usualRuns);
  const folders = targets.length ? targets.filter(isFolder) : [usualRuns];
  const policies = shipped === undefined ? [] : recordingAt(pretrainedFile(shipped));
  const served = await listen(port, list, folders, policies);
  const firsts = new Set(lists.map((one) => one()[0]?.real));
  const shown = shipped === undefined ? pairOf(list().filter(({ real }) => firsts.has(real))) : '#live=yes';
  const address = served.address + shown;
  const { close } = served;
  if (json) printJson({ type: 'view', address });
  else printLines([address, 'Ctrl-C stops the viewer.']);
  if (open) openBrowser(address);
  for (const signal of stopSignals) process.once(signal, close);
}

type List = () => readonly ListedRecording[];

/** The recordings that were asked for, checked before anything is served: a bad file is an error here and not a page. */
async function openTarget(target: string): Promise<List> {
  if (!exists(target) && isName(target)) {
    throw new Failure(
      `cannot view ${target}: there is no such file or folder, and no policy of that name ships; those that do: ${pretrainedNames().join(', ')}`,
    );
  }
  const list = isFolder(target) ? () => recordingsIn(target) : () => recordingAt(target);
  const [first, ...others] = list();
  // A training that goes on will have recorded something soon.
  if (!first && isFolder(target) && goingIn(target).length) return list;
  if (!first) throw new Failure(`cannot view ${target}: the folder holds no rollouts, and no run that does`);
  // Among several a bad one does not keep the others from being seen.
  if (!others.length) await decodeRecording(await read(first.file), first.file);
  return list;
}

/** Whether a text could be meant as the name of a policy that ships: those have neither dots nor slashes. */
function isName(text: string): boolean {
  return /^[\w-]+$/.test(text);
}

/** What several targets hold, in their order: each file once, and none with the name of another. */
function distinct(lists: readonly (readonly ListedRecording[])[]): ListedRecording[] {
  const files = new Map(lists.flat().map((one) => [one.real, one]));
  const names = new Map<string, number>();
  return [...files.values()].map((one) => {
    const times = (names.get(one.name) ?? 0) + 1;
    names.set(one.name, times);
    return times === 1 ? one : renamed(one, times);
  });
}

/** Under names that count those of the same name: (2) and on. */
function renamed<R extends ListedRecording>(one: R, times: number): R {
  const { training, policy } = one;
  const own = (name: string) => `(${times}) ${name}`;
  return {
    ...one,
    name: own(one.name),
    ...(training && { training: training.map((state) => ({ ...state, name: own(state.name) })) }),
    ...(policy && { policy: { ...policy, name: own(policy.name) } }),
  };
}

/** The part of an address that shows two recordings side by side; nothing where there are not two. */
function pairOf([first, second]: readonly ListedRecording[]): string {
  if (!first || !second) return '';
  return `#${new URLSearchParams({ file: first.name, beside: second.name, arrange: 'split' })}`;
}

async function listen(
  port: number | undefined,
  list: List,
  folders: readonly string[],
  policies: readonly ListedRecording[],
) {
  if (port !== undefined) return serve(list, port, folders, policies);
  return serve(list, usualPort, folders, policies).catch(() => serve(list, 0, folders, policies));
}
