import { spawnSync } from 'node:child_process';
import { Command } from 'commander';
import { physicsVersion } from '../../envs/sim/rapier.ts';
import { backends } from '../policy/network/index.ts';
import { gpus } from '../policy/network/tfjs-packages.ts';
import { isUsable, type Probe, probe } from '../probe/probe.ts';
import { table } from '../report/format.ts';
import { loadPhysics } from '../run/engine.ts';
import { withExamples } from './command.ts';
import { opener } from './open-browser.ts';
import { printJson, printLines, styled } from './output.ts';

export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('report what is here to simulate, to train on and to watch with, and how to get what is missing')
    .option('--json', 'print one JSON object');
  return withExamples(command, 'armature doctor').action(({ json }: { readonly json?: boolean }) => doctor(json));
}

export async function doctor(json = false): Promise<void> {
  let trouble = '';
  const gpu = await gpus((why) => {
    trouble = why;
  });
  const parts = { node: process.versions.node, rapier: await rapier(), browser: browser(), gpu };
  const probes = await Promise.all(Object.keys(backends).map((name) => probe(name)));
  if (json)
    return printJson({ type: 'doctor', ...parts, gpu_trouble: gpu === null ? trouble : null, backends: probes });
  const dim = (text: string) => styled('dim', text);
  const rows = [
    ['Node', parts.node],
    ['Rapier', parts.rapier],
    ['browser', parts.browser ?? 'none found: open the address that `armature view` prints'],
    ['GPU', gpu ?? `none found (nvidia-smi: ${trouble})`],
  ];
  const heading = dim('backends to train on (--backend)');
  printLines(['', ...table(rows), '', `  ${heading}`, '', ...probes.flatMap(linesOf), '']);
}

/** A backend that can be used, with its version; one that cannot, with why, and what to do. */
function linesOf(each: Probe): string[] {
  const line = (mark: string, name: string, text: string) => `  ${mark} ${name.padEnd(nameWidth)}  ${text}`;
  if (isUsable(each)) return [line('✓', each.name, `${backends[each.name].description} (${each.version})`)];
  return [line('✗', each.name, each.reason), line(' ', '', `→ ${each.remedy}`)];
}

const nameWidth = Math.max(...Object.keys(backends).map(({ length }) => length));

async function rapier(): Promise<string> {
  await loadPhysics();
  return physicsVersion;
}

/** How a browser is opened; null where there is nothing to do it. */
function browser(): string | null {
  const [command] = opener;
  const isThere = process.platform !== 'linux' || spawnSync('which', [command]).status === 0;
  return isThere ? `the system's (${command})` : null;
}
