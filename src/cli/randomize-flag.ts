import type { Command } from 'commander';
import { dynamicsFields } from '../../envs/dynamics/fields.ts';
import { dynamicsSets, rangesText } from '../../envs/dynamics/ranges.ts';
import { table } from '../report/format.ts';

/**
 * @param purpose what is drawn
 * @param also what else may stand for ranges
 */
export function addRandomizeFlag(command: Command, purpose: string, also = ''): Command {
  const sets = Object.keys(dynamicsSets).join(', ');
  return command.option('--randomize <ranges>', `${purpose}: name=low:high,.. or a set (${sets}${also})`);
}

/** What can be drawn, and the sets, for a command's help. */
export function randomizing(): string[] {
  const rows = dynamicsFields.map(({ name, unit, low, high, nominal, description }) => [
    name,
    unit === '1' ? '' : unit,
    `${low} to ${high}`,
    `[${nominal}]`,
    description,
  ]);
  const sets = Object.entries(dynamicsSets).map(([name, { ranges, description }]) => [
    name,
    `${description}${Object.keys(ranges).length ? `: ${rangesText(ranges)}` : ''}`,
  ]);
  return [
    'What --randomize can vary, as mass=0.8:1.2,delay=0:2,gravity=on; one number stands for itself:',
    ...table(rows),
    'Sets of these, which what follows changes, as transfer,payload=0:2:',
    ...table(sets),
  ];
}
