import { expect, it } from 'vitest';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { goldenDigests, handsByObjects } from './compute.ts';
import { meetingsOf } from './meetings.ts';

// After a change that is meant to move bits: `npx vitest run test/golden -u`, and say in the commit why the new ones are right.
it('trajectories and parameters have the bytes they always had', async () => {
  const digests = await goldenDigests();
  await expect(`${JSON.stringify(digests, null, 2)}\n`).toMatchFileSnapshot('../../assets/golden.json');
});

it('hands do meet the objects by which they begin', async () => {
  await loadPhysics();
  for (const [name, { scene, episodes }] of Object.entries(handsByObjects())) {
    const meetings = episodes.reduce((sum, { contacts }) => sum + meetingsOf(scene, contacts, 'object'), 0);
    expect(meetings, name).toBeGreaterThan(10);
  }
});
