import { expect, it } from 'vitest';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { derive } from '../../viewer/derive/episode.ts';
import { jointPositions } from '../../viewer/derive/kinematics.ts';
import { outcomeOf } from '../../viewer/derive/outcome.ts';
import { sampleRecording } from '../recording/sample.ts';

const { header: sample, episodes } = sampleRecording([8]);
const header = { ...sample, spec: { ...sample.spec, hasSuccess: true } };
const { tips } = derive(episodes[0], header);

/** An episode that misses a goal at a displacement from where the tip is in a state, m. */
function missed(step: number, away: readonly number[], more: Partial<Trajectory> = {}): Trajectory {
  const goal = away.map((x, i) => tips[3 * step + i] + x);
  return { ...episodes[0], params: Float32Array.from(goal), success: false, ...more };
}

const say = (episode: Trajectory, of: RecordingHeader = header) => outcomeOf(episode, of, derive(episode, of));

/** The same arm with a lower limit of its first joint just below where the joint ends. */
function limited(): RecordingHeader {
  const { model } = header.scene.arm;
  const end = jointPositions(episodes[0], header.scene)[8 * model.joints.length];
  const joints = model.joints.map((joint, i) => (i === 0 ? { ...joint, low: end - 1e-4, high: end + 3 } : joint));
  return { ...header, scene: { ...header.scene, arm: { ...header.scene.arm, model: { ...model, joints } } } };
}

it('says how far off an episode ended, and how near it came', () => {
  expect(say(missed(8, [0, 0, 0.31]))).toMatch(/^Missed: 31\.0 cm off at the end/);
  expect(say(missed(3, [0, 0, 0.005]))).toMatch(/^Missed: \d+\.\d cm off at the end; nearest 0\.5 cm at step 3/);
});

it('names the joints that ended at a limit, and since when', () => {
  expect(say(missed(8, [0, 0, 0.31]))).not.toContain('limit');
  expect(say(missed(8, [0, 0, 0.31]), limited())).toMatch(/; q1 at its limit from step \d$/);
});

it('says that a goal was reached, and nothing of a task that has none', () => {
  expect(say({ ...episodes[0], success: true })).toBe('Reached the goal in 8 steps');
  expect(say({ ...episodes[0] }, { ...header, spec: { ...header.spec, hasSuccess: false } })).toBe('');
});
