import { expect, it } from 'vitest';
import { successesIn } from '../../src/run/metrics.ts';

it('the success of a training is that of the iterations that were evaluated', () => {
  const lines = ['iteration,env_steps,eval_success_rate,sigma', '1,100,0.2,0.6', '2,200,,0.6', '3,300,0,0.6'];
  expect([...successesIn(lines)]).toEqual([
    [1, 0.2],
    [3, 0],
  ]);
  expect(successesIn([]).size).toBe(0);
  expect(successesIn(['iteration,env_steps', '1,100']).size).toBe(0);
});
