import { decodeRecording, encodeRecording } from '../../envs/recording/recording.ts';
import { type Difference, findDifference } from '../../envs/recording/replay.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { envOf } from '../../envs/tasks/index.ts';
import { goldenDigests, recordingOf } from '../golden/compute.ts';
import { thetaBytes } from '../golden/theta.ts';
import { type Thrown, thrownArms } from './thrown-arms.ts';

/** What the page of the bits test offers to the test; bundled for the browser, so it holds no DOM and no Node. */
export interface Bits {
  golden(): Promise<Record<string, string>>;
  /** Bytes of theta after 20 iterations made here, in a world of so many arms. */
  theta(slots: number): Promise<number[]>;
  /** What arms that are thrown about among things come to here, in worlds of so many. */
  thrown(slots: number): Promise<Record<string, Thrown>>;
  /** Bytes of a rollout file made here. */
  record(env: string, arm: string): Promise<number[]>;
  /** Re-simulates a rollout file here. */
  verify(bytes: readonly number[]): Promise<Difference | null>;
}

const bits: Bits = {
  golden: goldenDigests,
  theta: thetaBytes,
  thrown: thrownArms,
  async record(env, arm) {
    await loadPhysics();
    return Array.from(await encodeRecording(recordingOf(env, arm)));
  },
  async verify(bytes) {
    await loadPhysics();
    const recording = await decodeRecording(Uint8Array.from(bytes), 'rollouts');
    return findDifference(envOf(recording.header.env), recording);
  },
};

Object.assign(globalThis, { bits });
