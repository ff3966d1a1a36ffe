import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { taskName } from './arms.ts';
import { interleave } from './measure.ts';
import type { Section } from './report.ts';

const here = (path: string) => fileURLToPath(new URL(`../../../test/bench/${path}`, import.meta.url));
export const armature = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

/** From the start of a process to its first simulated step. */
export async function startSection(rounds: number): Promise<Section> {
  const folder = mkdtempSync(join(tmpdir(), 'armature-bench-'));
  let run = 0;
  try {
    const file = join(folder, 'reach.safetensors');
    spawnSync(process.execPath, [
      armature,
      'record',
      taskName,
      '--policy',
      'proportional',
      '--episodes',
      '4',
      '--out',
      file,
    ]);
    const { bare, train, evaluate, view } = interleave(
      rounds,
      {
        bare: () => firstStep([here('bare-start.mjs')]),
        train: () => firstStep([armature, 'train', taskName, '--json', '--out', join(folder, `run${run++}`)]),
        evaluate: () => firstStep([armature, 'eval', taskName, '--policy', 'proportional', '--json']),
        view: () => firstAnswer(file),
      },
      1,
    );
    const figure = (name: string, samples: readonly number[]) => ({
      name,
      unit: 's',
      samples,
      floor: { name: 'a script that imports Rapier and steps once', samples: bare },
    });
    const more = (samples: readonly number[]) => samples.map((value, i) => value - bare[i]);
    return {
      name: 'start',
      title: 'Start: from process start to the first simulated step',
      figures: [
        figure(`armature train ${taskName}`, train),
        {
          name: '  more than the floor',
          unit: 's',
          samples: more(train),
          bar: { of: 'value', is: 'at most', limit: 0.15 },
        },
        figure(`armature eval ${taskName} --policy proportional`, evaluate),
        {
          name: '  more than the floor',
          unit: 's',
          samples: more(evaluate),
          bar: { of: 'value', is: 'at most', limit: 0.15 },
        },
        {
          name: 'armature view, to the answer',
          unit: 's',
          samples: view,
          bar: { of: 'value', is: 'at most', limit: 0.5 },
        },
      ],
      grids: [],
      notes: [],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Seconds. */
function firstAnswer(file: string): number {
  const { stdout, stderr } = spawnSync(process.execPath, [here('first-answer.mjs'), armature, file], {
    encoding: 'utf8',
  });
  if (!(Number(stdout) > 0)) throw new Error(`no answer of \`armature view\`: ${stderr}`);
  return Number(stdout);
}

/** Seconds. */
function firstStep(command: readonly string[]): number {
  const start = performance.timeOrigin + performance.now();
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', here('first-step.mjs'), ...command], {
    encoding: 'utf8',
  });
  const at = /^first step ([\d.]+)$/m.exec(stdout);
  if (!at) throw new Error(`no first step of \`${command.join(' ')}\`: ${stderr || stdout}`);
  return (Number(at[1]) - start) / 1000;
}
