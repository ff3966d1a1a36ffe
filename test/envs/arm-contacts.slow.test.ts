import { beforeAll, describe } from 'vitest';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { testWithContacts } from './with-contacts.ts';

beforeAll(loadPhysics);

describe.each([
  ['reach', 'planar'],
  ['reach', 'ur5e'],
  ['reach-pose', 'ur5e'],
  ['track', 'xarm7'],
  ['panda-reach-joints', 'panda'],
  ['panda-reach-joints', 'planar'],
])('%s with contacts, on %s', testWithContacts);
