import { describe, expect, it } from 'vitest';
import { readUrdf } from '../../envs/model/urdf/index.ts';
import { UsageError } from '../../envs/options.ts';
import { motorSettings, taskSettings, withMotorSettings } from '../../src/robots/motor-settings.ts';
import { crane } from './crane.ts';

const { arm } = readUrdf(crane().replaceAll('"lifting"', '"lift.ing"'), 'crane.urdf');
const motors = (settings: Record<string, string>) => withMotorSettings(arm, settings).joints.map(({ motor }) => motor);
const [turning, lifting, bending] = motors({});

describe('--set motors.*', () => {
  it('is told from the options of a task', () => {
    const settings = { horizon: '5', 'motors.stiffness': '2', motors: '1' };
    expect(motorSettings(settings)).toEqual({ 'motors.stiffness': '2' });
    expect(taskSettings(settings)).toEqual({ horizon: '5', motors: '1' });
  });

  it('changes nothing where nothing is set', () => expect(withMotorSettings(arm, {})).toEqual(arm));

  it('is a factor for all joints, and a value for one, in their order', () => {
    expect(motors({ 'motors.stiffness': '2', 'motors.lift.ing.effort': '7', 'motors.effort': '0.5' })).toEqual([
      { ...turning, stiffness: 2 * (turning?.stiffness ?? 0), maxForce: 0.5 * (turning?.maxForce ?? 0) },
      { ...lifting, stiffness: 2 * (lifting?.stiffness ?? 0), maxForce: 3.5 },
      { ...bending, stiffness: 2 * (bending?.stiffness ?? 0), maxForce: 0.5 * (bending?.maxForce ?? 0) },
    ]);
    expect(motors({ 'motors.bending.damping': '0' })[2]).toEqual({ ...bending, damping: 0 });
  });

  it.each([
    ['motors.nose.damping', '1', 'no motor at "nose"; there are: turning, lift.ing, bending'],
    ['motors.__proto__', '1', 'expected one of stiffness, damping, effort'],
    ['motors.toString', '1', 'expected one of stiffness, damping, effort'],
    ['motors.', '1', 'expected one of stiffness, damping, effort'],
    ['motors.stiffness', '-1', 'expected a number of at least 0, found "-1"'],
    ['motors.stiffness', '', 'expected a number'],
    ['motors.stiffness', 'Infinity', 'expected a number'],
    ['motors.stiffness', 'x', 'expected a number'],
  ])('%s=%s is refused', (key, value, words) => {
    expect(() => motors({ [key]: value })).toThrow(UsageError);
    expect(() => motors({ [key]: value })).toThrow(words);
  });
});
