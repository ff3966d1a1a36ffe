import type { Evaluation } from '../train/evaluate.ts';
import type { Evaluated } from './result.ts';

/** The evaluations of a run, out of its table of metrics. */
export function evaluationsIn(table: string): Evaluated[] {
  const [heading = '', ...rows] = table.trimEnd().split('\n');
  const columns = heading.split(',');
  const at = (name: string) => columns.indexOf(name);
  const [steps, success, mean] = ['env_steps', 'eval_success_rate', 'eval_return'].map(at);
  const terms = columns.flatMap((name, i): [string, number][] =>
    name.startsWith(termPrefix) ? [[name.slice(termPrefix.length), i]] : [],
  );
  return rows
    .map((row) => row.split(','))
    .filter((cells) => cells[mean])
    .map((cells) => ({
      steps: Number(cells[steps]),
      success_rate: cells[success] ? Number(cells[success]) : null,
      return: Number(cells[mean]),
      ...termsOf(Object.fromEntries(terms.map(([name, i]) => [name, Number(cells[i])]))),
    }));
}

const termPrefix = 'eval_term_';

/** An evaluation after so many training steps. */
export function evaluatedOf(steps: number, { successRate, meanReturn, terms }: Evaluation): Evaluated {
  return { steps, success_rate: successRate, return: meanReturn, ...termsOf(terms) };
}

/** The terms of the reward; none where there is but one, which is the return. */
export function termsOf(terms: Readonly<Record<string, number>>): Pick<Evaluated, 'terms'> {
  return Object.keys(terms).length > 1 ? { terms } : {};
}
