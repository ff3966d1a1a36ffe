import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { encodeRecording } from '../../envs/recording/recording.ts';
import { launch } from '../browser/chromium.ts';
import { framesByHand, newPage } from '../browser/page.ts';
import { longRecording } from '../recording/long.ts';
import { sampleRecording } from '../recording/sample.ts';
import { taskName } from './arms.ts';
import { over, type Samples } from './measure.ts';
import { framesDrawn, opening, seekTimes, stepsAndInputs, trainToSolved } from './page-scripts.ts';
import type { Bar, Figure, Section } from './report.ts';
import { armature } from './start.ts';

/** Training takes seconds, in each of three ways. */
const mostRounds = 5;
/** Of a recording of 100,000 frames, in so many episodes. */
const frames = 100_000;
const splits = [1, 2000, 20_000];
/** For which a person looks at the form before a training is begun, s. */
const reading = 2;
/** For which a policy acts in the page, s. */
const watched = 8;

/** What a person waits for in the page, in a headless Chromium that draws by the processor. */
export async function pageSection(rounds: number): Promise<Section> {
  const folder = mkdtempSync(join(tmpdir(), 'armature-bench-'));
  const browser = await launch();
  try {
    const some = Math.min(rounds, mostRounds);
    const training = await trainingFigures(browser, folder, some);
    const live = await liveFigures(some);
    const replay = await replayFigures(browser, folder);
    return {
      name: 'page',
      title: 'Page: training, acting and replaying in Chromium, WebGL drawn by the processor',
      figures: [...training, ...live, ...replay],
      grids: [],
      notes: [
        'A scene that is hidden is one that gets no frames, as in a tab in the background.',
        "The main thread and seeks are measured with draw calls that return at once: what is left is the page's own work.",
      ],
    };
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

const bar = (of: Bar['of'], is: Bar['is'], limit: number): Bar => ({ of, is, limit });

async function trainingFigures(browser: Browser, folder: string, rounds: number): Promise<Figure[]> {
  const [command, seen, hidden, drawn]: number[][] = [[], [], [], []];
  const { address, stop } = await viewOf('panda-reach');
  try {
    for (let round = 0; round < rounds; round++) {
      command.push(commandLine(join(folder, `run${round}`)));
      const shown = await trainInPage(browser, address, false);
      seen.push(shown.seconds);
      drawn.push(shown.frames / shown.seconds);
      hidden.push((await trainInPage(browser, address, true)).seconds);
    }
  } finally {
    stop();
  }
  const floor = { name: 'armature train, from its start to its end', samples: command };
  const beside = (name: string, samples: Samples) => ({
    name,
    unit: 's',
    samples,
    floor,
    ratio: over(samples, command),
  });
  return [
    { ...beside('from the click on Train to solved', seen), bar: bar('ratio', 'at most', 1.8) },
    { name: '  frames drawn meanwhile', unit: '1/s', samples: drawn, bar: bar('value', 'at least', 10) },
    { ...beside('  with the scene hidden', hidden), bar: bar('ratio', 'at most', 1.2) },
    { name: '  the same', unit: 's', samples: hidden, bar: bar('value', 'at most', 5) },
  ];
}

/** Seconds. */
function commandLine(out: string): number {
  const begun = performance.now();
  const given = ['train', taskName, '--until-solved', '--json', '--out', out];
  const { status, stderr } = spawnSync(process.execPath, [armature, ...given], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`armature train ended with ${status}: ${stderr}`);
  return (performance.now() - begun) / 1000;
}

async function trainInPage(browser: Browser, address: string, isHidden: boolean) {
  const page = await pageAt(browser, address, framesDrawn);
  await page.getByRole('group', { name: 'What to do' }).getByRole('button', { name: 'Train' }).click();
  await page.getByLabel('Task', { exact: true }).selectOption(taskName);
  await page.locator('.train-panel .start .primary').waitFor();
  await page.waitForTimeout(1000 * reading);
  if (isHidden) await page.evaluate('void (requestAnimationFrame = () => 0)');
  const trained = await page.evaluate<{ seconds: number; frames: number }>(trainToSolved);
  await page.context().close();
  return trained;
}

async function liveFigures(rounds: number): Promise<Figure[]> {
  const [first, pace, step, frame, answered, slowest]: number[][] = [[], [], [], [], [], []];
  const { address, stop } = await viewOf('panda-reach-joints');
  try {
    for (let round = 0; round < rounds; round++) {
      // One that still puts away the pages of the round before is busy.
      const browser = await launch();
      const page = await pageAt(browser, address, stepsAndInputs);
      await page.waitForFunction(() => 'moved' in globalThis);
      first.push((await page.evaluate<number>('window.moved')) / 1000);
      pace.push(await paceOver(page, watched));
      const inputs = await answeredAfter(page);
      answered.push(...inputs);
      slowest.push(Math.max(...inputs));
      await page.context().close();
      const main = await mainThread(browser, address);
      step.push(main.step);
      frame.push(main.frame);
      await browser.close();
    }
  } finally {
    stop();
  }
  return [
    { name: 'from navigation to the first motion, live', unit: 's', samples: first, bar: bar('value', 'at most', 2) },
    { name: '  control steps, of 25 a second', unit: '1/s', samples: pace, bar: bar('value', 'at least', 24.5) },
    { name: '  main thread, of a control step', unit: 'ms', samples: step, bar: bar('value', 'at most', 4) },
    { name: '  main thread, of a frame', unit: 'ms', samples: frame },
    {
      name: '  from an input to changed motion',
      unit: 'steps',
      samples: answered,
      bar: bar('value', 'at most', 2),
    },
    { name: '    the slowest of ten', unit: 'steps', samples: slowest },
  ];
}

/** Control steps a second, as they come to the page. */
async function paceOver(page: Page, seconds: number): Promise<number> {
  const began = await page.evaluate<number>('window.steps.length');
  await page.waitForTimeout(1000 * seconds);
  return page.evaluate<number>(`window.paceOf(${began})`);
}

/** What a control step, with its numbers and plots, and a frame take of the page's own thread, WebGL left out, ms. */
async function mainThread(browser: Browser, address: string): Promise<{ step: number; frame: number }> {
  const page = await pageAt(browser, address, stepsAndInputs, false);
  await page.waitForFunction(() => 'moved' in globalThis);
  // V8 compiles what is run often.
  await page.waitForTimeout(1000 * watched);
  await page.evaluate('Object.assign(work, { steps: 0, taking: 0, frames: 0, drawing: 0 })');
  await page.waitForTimeout(1000 * watched);
  const [step, frame] = await page.evaluate<number[]>('[work.taking / work.steps, work.drawing / work.frames]');
  await page.context().close();
  return { step, frame };
}

/** Control steps from each of ten keys that move the goal to the first that is made with it. */
async function answeredAfter(page: Page): Promise<number[]> {
  for (let i = 0; i < 10; i++) {
    await page.keyboard.press(i % 2 ? 'ArrowUp' : 'ArrowDown');
    await page.waitForTimeout(130);
  }
  return page.evaluate<number[]>('window.answered');
}

async function replayFigures(browser: Browser, folder: string): Promise<Figure[]> {
  const file = join(folder, 'short.safetensors');
  writeFileSync(file, await encodeRecording(sampleRecording()));
  const { address, stop } = await viewOf(file);
  const figures: Figure[] = [];
  try {
    for (const episodes of splits) {
      const steps = frames / episodes;
      const long = join(folder, `${episodes}.safetensors`);
      writeFileSync(long, await encodeRecording(longRecording(new Array<number>(episodes).fill(steps))));
      const page = await pageAt(browser, address, framesByHand, false);
      await page.evaluate(opening);
      await page.setInputFiles('#picker', long);
      // No frames run by themselves.
      await page.waitForFunction(() => 'openedAt' in globalThis, undefined, { polling: 50 });
      await page.evaluate('window.runFrame()');
      const opened = await page.evaluate<number>('window.openedAt - window.chosenAt');
      const sought = await page.evaluate<number[]>(seekTimes(episodes, steps));
      await page.context().close();
      const what = `${frames.toLocaleString('en')} frames in ${episodes.toLocaleString('en')} episode${episodes > 1 ? 's' : ''}`;
      figures.push(
        {
          name: `${what}: from the file to the picture`,
          unit: 's',
          samples: [opened / 1000],
          bar: bar('value', 'at most', 1),
        },
        { name: '  a seek, in 95 % of them', unit: 'ms', samples: sought, bar: bar('value', 'at most', 4) },
      );
    }
  } finally {
    stop();
  }
  return figures;
}

async function pageAt(browser: Browser, address: string, script: string, isDrawn = true): Promise<Page> {
  const { page } = await newPage(browser, { viewport: { width: 1280, height: 800 }, isDrawn });
  await page.addInitScript(script);
  await page.goto(address);
  await page.evaluate('window.armature.ready');
  return page;
}

interface Viewed {
  readonly address: string;
  stop(): void;
}

async function viewOf(target: string): Promise<Viewed> {
  const server: ChildProcess = spawn(process.execPath, [
    armature,
    'view',
    target,
    '--no-open',
    '--port',
    '0',
    '--json',
  ]);
  const [line] = await once(server.stdout as NonNullable<ChildProcess['stdout']>, 'data');
  return { address: JSON.parse(String(line)).address, stop: () => server.kill() };
}
