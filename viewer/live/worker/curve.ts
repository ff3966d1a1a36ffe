/** The learning curve that a table of metrics holds. */
import type { CurvePoint } from './messages.ts';

/** @param lines of the table, its heading first */
export function curveOf([heading = '', ...rows]: readonly string[]): CurvePoint[] {
  const columns = heading.split(',');
  return rows.map((row) => {
    const cells = row.split(',');
    const text = (name: string) => cells[columns.indexOf(name)] ?? '';
    const numberOrNull = (name: string) => (text(name) === '' ? null : Number(text(name)));
    const meanReturn = numberOrNull('eval_return');
    return {
      iteration: Number(text('iteration')),
      envSteps: Number(text('env_steps')),
      meanReturn: Number(text('train_return')),
      success: numberOrNull('train_success_rate'),
      sigma: Number(text('sigma')),
      evaluated: meanReturn === null ? null : { success: numberOrNull('eval_success_rate'), meanReturn },
    };
  });
}
