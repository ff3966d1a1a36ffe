import type { Recording, RecordingHeader } from '../../envs/recording/header.ts';
import { paramsAt, type Trajectory } from '../../envs/trajectory.ts';
import { actionNames, distinct, elementNames } from './elements.ts';

/** Some columns of the table, and their numbers in step t of an episode. */
interface Group {
  readonly names: readonly string[];
  of(episode: Trajectory, t: number): ArrayLike<number>;
}

const rowsAtOnce = 500;

/**
 * Rollouts as a table (RFC 4180): a row for each step, with what was observed before it and what it led to. Numbers have all the digits
 * that bring back the same float; what is no number is empty.
 */
export function* csvOf({ header, episodes }: Recording): Generator<string> {
  const groups = groupsOf(header, episodes[0].params.length > 0);
  const names = ['episode', 'step', 'time', ...groups.flatMap((group) => group.names), 'done', 'success', 'end'];
  let rows = [distinct(names).map(quoted).join(',')];
  for (const [e, episode] of episodes.entries()) {
    const { steps, success, end } = episode;
    for (let t = 0; t < steps; t++) {
      const isLast = t + 1 === steps;
      const row = [String(e), String(t), text(seconds(t, header.spec.dt))];
      for (const group of groups) {
        const numbers = group.of(episode, t);
        for (let k = 0; k < group.names.length; k++) row.push(text(numbers[k]));
      }
      row.push(isLast ? '1' : '0', isLast && success ? '1' : '0', isLast ? end : '');
      rows.push(row.join(','));
      if (rows.length < rowsAtOnce) continue;
      yield ended(rows);
      rows = [];
    }
  }
  if (rows.length) yield ended(rows);
}

const ended = (rows: readonly string[]) => `${rows.join('\r\n')}\r\n`;

/** Without what rounding a period leaves behind the twelfth digit. */
function seconds(t: number, dt: number): number {
  return Number((t * dt).toPrecision(12));
}

function groupsOf(header: RecordingHeader, hasParams: boolean): Group[] {
  const { spec } = header;
  const { joints = [] } = spec;
  const group = (prefix: string, names: readonly string[], of: Group['of']): Group => ({
    names: names.map((name) => `${prefix}${name}`),
    of,
  });
  const rows = (prefix: string, names: readonly string[], column: 'obs' | 'act' | 'terms' | 'q' | 'dq') =>
    group(prefix, names, (episode, t) => episode[column].subarray(t * names.length, (t + 1) * names.length));
  const params = elementNames(hasParams ? spec.params : []);
  const number = (name: 'reward' | 'logp' | 'value') => group('', [name], (episode, t) => [episode[name][t]]);
  return [
    rows('obs.', elementNames(spec.obs), 'obs'),
    rows('q.', joints, 'q'),
    rows('dq.', joints, 'dq'),
    group('param.', params, (episode, t) => paramsAt(episode, spec, t)),
    group('dynamics.', elementNames(spec.dynamics), ({ dynamics }) => dynamics),
    rows('act.', actionNames(header), 'act'),
    number('reward'),
    rows('term.', spec.terms, 'terms'),
    number('value'),
    number('logp'),
  ];
}

function text(value: number): string {
  if (Number.isNaN(value)) return '';
  return Object.is(value, -0) ? '-0' : String(value);
}

function quoted(name: string): string {
  return /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
