import { describe, expect, it } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { UsageError } from '../../envs/options.ts';
import { configureEnv } from '../../envs/tasks/index.ts';
import { withHome } from '../../src/robots/own-home.ts';

const { ur5e } = arms;
const asked = [0, -1.2, 1.2, -1, -1.57, 0];

describe('an arm with a home of its own', () => {
  it('is all the same but for that, and its name', () => {
    const { name, home, description, ...rest } = withHome(ur5e, asked);
    expect({ ...ur5e, name, home, description }).toEqual({ ...rest, name, home, description });
    expect({ name, home }).toEqual({ name: 'ur5e-home', home: asked });
    expect(description).not.toBe(ur5e.description);
  });

  it('travels in the configuration of an environment, and leaves that of the arm as it was', () => {
    expect(configureEnv('reach', { arm: withHome(ur5e, asked) }).robot?.home).toEqual(asked);
    expect(configureEnv('reach', { arm: withHome(ur5e, ur5e.home) })).toEqual(configureEnv('reach', { arm: 'ur5e' }));
  });

  it('is the arm itself where the home is the arm’s', () => {
    for (const arm of Object.values(arms)) expect(withHome(arm, arm.home)).toBe(arm);
  });

  it('is refused by what is wrong with it', () => {
    const of = (home: readonly number[]) => () => withHome(ur5e, home);
    expect(of([0, 1])).toThrow(UsageError);
    expect(of([0, 1])).toThrow('home: expected 6 numbers, for shoulder_pan, shoulder_lift,');
    expect(of([...asked.slice(0, 5), 7])).toThrow('home: expected -6.28319 to 6.28319 for wrist_3, found 7');
    expect(of([...asked.slice(0, 5), Number.NaN])).toThrow(UsageError);
  });

  it('is asked for by the joints that are driven', () => {
    const [first, second] = arms.planar.joints;
    const mimic = { joint: first.name, multiplier: 2, offset: 0.5 };
    const joints = [first, { ...second, mimic }];
    expect(withHome({ ...arms.planar, joints }, [0.1]).home).toEqual([0.1, 0.7]);
  });
});
