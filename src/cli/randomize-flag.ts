import type { Command } from 'commander';
import { type DynamicsName, dynamicsFields, dynamicsNames } from '../../envs/dynamics/fields.ts';
import { dynamicsSets, rangesText, trained } from '../../envs/dynamics/ranges.ts';
import { table } from '../report/format.ts';

/**
 * @param purpose what is drawn
 * @param also what else may stand for ranges
 */
export function addRandomizeFlag(command: Command, purpose: string, also = ''): Command {
  const sets = Object.keys(dynamicsSets).join(', ');
  return command.option('--randomize <ranges>', `${purpose}: name=low:high,.. or a set (${sets}${also})`);
}

/** The same for a command that judges or records what somebody does. */
export function addWorldFlag(command: Command): Command {
  const purpose = "draw the physics of every episode; the task's own if not given";
  return addRandomizeFlag(command, purpose, `, or ${trained} for those of the run`);
}

/** What can be drawn, for help. */
export function randomizing(applicable: readonly DynamicsName[] = dynamicsNames): string[] {
  const rows = dynamicsFields
    .filter(({ name }) => applicable.includes(name))
    .map(({ name, unit, low, high, nominal, description }) => {
      return [name, unit === '1' ? '' : unit, String(nominal), `${low} to ${high}`, description];
    });
  return table([['randomize', 'unit', 'nominal', 'bounds', ''], ...rows]);
}

/** The sets, for help. */
export function randomizingSets(): string[] {
  const sets = Object.entries(dynamicsSets).map(([name, { ranges, description }]) => [
    name,
    `${description}${Object.keys(ranges).length ? `: ${rangesText(ranges)}` : ''}`,
  ]);
  return table(sets);
}
