import { Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../../envs/options.ts';
import { decodeRecording, encodeRecording } from '../../envs/recording/recording.ts';
import { builtPage } from '../pages/assets.ts';
import { type ListedRecording, recordingAt, recordingsIn } from '../pages/library.ts';
import { type Shared, sharePage } from '../pages/share-page.ts';
import { size } from '../report/format.ts';
import { codeOf, Failure } from '../run/failure.ts';
import { checkOutput, isFolder, read, writeWhole } from '../run/files.ts';
import { withExamples } from './command.ts';
import { printJson, printLines } from './output.ts';

interface ShareFlags {
  readonly live?: boolean;
  readonly out: string;
  readonly episodes?: readonly Range[];
  readonly force?: boolean;
  readonly json?: boolean;
}

/** First and last episode, counted from 1 as the page does. */
type Range = readonly [number, number];

export function shareCommand(): Command {
  const command = new Command('share')
    .description(
      'write one HTML file that replays rollouts anywhere, or has a policy act: from disk, offline, in any browser',
    )
    .argument(
      '<path>',
      "a rollout file, or a run's folder: then with its recordings over training time; with --live a run's folder, a policy file, or the name of a policy that ships",
    )
    .requiredOption('--out <file>', 'HTML file to write')
    .option('--live', 'in place of rollouts the policy, the simulator and the arm, which acts: drag its goal')
    .option('--episodes <numbers>', 'only these episodes of a rollout file, as 1-4,9', ranges)
    .option('--force', 'replace the file if it is there')
    .option('--json', 'print one line of JSON');
  return withExamples(
    command,
    'armature share runs/panda-reach-joints-s0 --out reach.html',
    'armature share reach.safetensors --episodes 1-8 --out demo.html',
    'armature share runs/panda-reach-joints-s0 --live --out live.html',
  ).action(execute);
}

async function execute(path: string, { live, out, episodes, force, json }: ShareFlags): Promise<void> {
  checkOutput(out, force);
  if (live && episodes) throw new UsageError('--episodes chooses among rollouts, and --live has none');
  if (live) return (await import('./share-live.ts')).shareLive(path, out, json);
  if (episodes && isFolder(path)) throw new UsageError('--episodes chooses from one file: name a file of the run');
  const page = builtPage();
  const listed = isFolder(path) ? recordingsIn(path) : recordingAt(path);
  if (!listed.length) throw new Failure(`cannot share ${path}: the folder holds no rollouts, and no run that does`);
  const recordings: Shared[] = [];
  for (const each of listed) recordings.push(await load(each, episodes));
  const html = pageOf(path, () => sharePage(page, recordings));
  writeWhole(out, html);
  const bytes = Buffer.byteLength(html);
  if (json) printJson({ type: 'result', file: out, bytes, recordings: recordings.map(({ name }) => name) });
  else printLines([`${out}, ${size(bytes)}: opens in any browser, needs no server and no network`]);
}

/** @throws Failure where it would be longer than a text can be */
function pageOf(path: string, make: () => string): string {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError) && codeOf(error) !== 'ERR_STRING_TOO_LONG') throw error;
    throw new Failure(
      `cannot share ${path}: a page holds at most 512 MB: share a file of it, or fewer episodes with --episodes`,
    );
  }
}

async function load(
  { name, file, training = [] }: ListedRecording,
  episodes: readonly Range[] | undefined,
): Promise<Shared> {
  const states = [];
  for (const { name: then, iteration, success, file: at } of training) {
    const bytes = await readChecked(at);
    states.push({ name: then, iteration, ...(success !== undefined && { success }), bytes });
  }
  const bytes = await readChecked(file);
  return { name, bytes: episodes ? await choose(bytes, file, episodes) : bytes, training: states };
}

/** A bad file is an error here, and not in front of those whom the page is for. */
async function readChecked(file: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await read(file);
  await decodeRecording(bytes, file);
  return bytes;
}

async function choose(bytes: Uint8Array, file: string, chosen: readonly Range[]): Promise<Uint8Array<ArrayBuffer>> {
  const { episodes, ...rest } = await decodeRecording(bytes, file);
  const highest = Math.max(...chosen.map(([, last]) => last));
  if (highest > episodes.length) {
    throw new UsageError(`${file} has ${episodes.length} episodes: --episodes expected at most that, found ${highest}`);
  }
  const kept = chosen.flatMap(([first, last]) => episodes.slice(first - 1, last));
  return encodeRecording({ ...rest, episodes: kept });
}

function ranges(text: string): Range[] {
  return text.split(',').map((part) => {
    const [, first, last = first] = /^\s*(\d{1,9})(?:-(\d{1,9}))?\s*$/.exec(part) ?? [];
    const range: Range = [Number(first), Number(last)];
    if (!(range[0] >= 1 && range[1] >= range[0])) {
      throw new InvalidArgumentError('expected episodes and ranges of them, counted from 1, as 1-4,9');
    }
    return range;
  });
}
