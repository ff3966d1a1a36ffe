import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { manifestName, siteFiles, trainingPage } from '../pages/site.ts';
import { type SiteEntry, siteEntry } from '../pages/site-entry.ts';
import { percent, plural, size, table } from '../report/format.ts';
import { loadPhysics } from '../run/engine.ts';
import { Failure } from '../run/failure.ts';
import { isFolder, namesIn, quietly } from '../run/files.ts';
import { checkOutputFolder, writeFolder } from '../run/pieces.ts';
import { isPretrained, pretrainedNames } from '../run/pretrained.ts';
import { withExamples } from './command.ts';
import { printJson, printLines, showOnLine, warn } from './output.ts';

interface SiteFlags {
  readonly out: string;
  readonly title: string;
  readonly intro: string;
  readonly address?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const usualTitle = 'Robot arms that learned to reach';
const usualIntro =
  'Each is a neural network that a policy gradient taught, in a physics simulation that runs in this page. Open one, drag its goal, pull its arm, or train another in seconds.';

export function siteCommand(): Command {
  const command = new Command('site')
    .description('write a static site where policies act: a gallery, a page for each, and one to train in')
    .argument(
      '[run...]',
      "runs' folders, policy files, or names of policies that ship; all of the latter if none is given",
    )
    .requiredOption('--out <folder>', 'folder to write, to be put on any web server, under any path')
    .option('--title <text>', 'of the gallery', usualTitle)
    .option('--intro <text>', 'the sentence below it', usualIntro)
    .option('--address <url>', 'where the site is going to be: previews of links to it need whole addresses', address)
    .option('--force', 'replace a site that is there; nothing else is ever replaced')
    .option('--json', 'print one line of JSON');
  command.addHelpText('after', explanation);
  return withExamples(
    command,
    'armature site --out site',
    'armature site runs/panda-reach-joints-s0 runs/panda-reach-s0 --out site',
    'armature site --out site --address https://example.org/arms/ --force',
  ).action(execute);
}

const explanation = `
The folder holds a gallery, index.html, and a folder for each policy with its
page: there it acts at once, with its recordings beside it. PAGE/?embed is the
scene and its buttons alone, for a frame of 480 x 270 and more in another page.
Simulation and training run in the reader's browser; the server only has files.`;

async function execute(runs: readonly string[], flags: SiteFlags): Promise<void> {
  const { out, title, intro, address: at, force = false, json } = flags;
  checkOutputFolder(out, force, () => holdsOnlySite(out));
  const paths = runs.length ? runs : pretrainedNames();
  if (!paths.length)
    throw new Failure('no policies ship here: name runs, as `armature site runs/panda-reach-s0 --out site`');
  await loadPhysics();
  const entries: SiteEntry[] = [];
  try {
    for (const path of paths) {
      showOnLine(`  ${entries.length + 1} of ${paths.length}: ${path}, on 100 goals`);
      entries.push(await siteEntry(path, freeName(path, entries), warn));
    }
    showOnLine('  drawing pictures');
    const files = siteFiles(entries, { title, intro, address: at });
    writeFolder(out, (open) => {
      for (const [path, content] of files) open(path)(Buffer.from(content));
    });
    showOnLine('');
    const bytes = [...files.values()].reduce((sum, content) => sum + Buffer.byteLength(content), 0);
    if (json) printJson(resultOf(out, bytes, entries));
    else printLines(linesOf(out, bytes, entries));
  } catch (error) {
    showOnLine('');
    throw error;
  }
}

/** A name for a folder of the site that no other has. */
function freeName(path: string, entries: readonly SiteEntry[]): string {
  const own = isPretrained(path) ? path : basename(resolve(path)).replace(/\.safetensors$/, '');
  const plain = own.replace(/[^\w.-]+/g, '-').replace(/^[-.]+/, '') || 'policy';
  const taken = new Set(['assets', trainingPage, ...entries.map(({ name }) => name)]);
  for (let n = 1; ; n++) {
    const name = n === 1 ? plain : `${plain}-${n}`;
    if (!taken.has(name)) return name;
  }
}

/** Whether a folder holds a site's own files, by its list of them, and nothing else that would be lost. */
function holdsOnlySite(folder: string): boolean {
  const files: unknown = quietly(() => JSON.parse(readFileSync(join(folder, manifestName), 'utf8')).files);
  if (!Array.isArray(files)) return false;
  const own = new Set([...files, manifestName]);
  return filesIn(folder).every((path) => own.has(path));
}

function filesIn(folder: string, below = ''): string[] {
  return namesIn(join(folder, below)).flatMap((name) => {
    const path = below ? `${below}/${name}` : name;
    return isFolder(join(folder, path)) ? filesIn(folder, path) : [path];
  });
}

function linesOf(out: string, bytes: number, entries: readonly SiteEntry[]): string[] {
  const rows = entries.map(({ name, evaluation: { successRate, meanReturn } }) => [
    `${name}/`,
    successRate === null ? `return ${meanReturn.toFixed(2)}` : percent(successRate),
  ]);
  return [
    '',
    ...table([['page', 'success'], ...rows]),
    '',
    `${out}, ${size(bytes)}: ${plural(entries.length, 'arm')}, to be put on any web server`,
  ];
}

function resultOf(out: string, bytes: number, entries: readonly SiteEntry[]) {
  return {
    type: 'result',
    folder: out,
    bytes,
    pages: entries.map(({ name, evaluation: { successRate, meanReturn, episodes } }) => ({
      name,
      success_rate: successRate,
      mean_return: meanReturn,
      episodes,
    })),
  };
}

function address(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash) {
    throw new InvalidArgumentError('expected an address, as https://example.org/arms/');
  }
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}
