import { expect, test } from 'vitest';
import { dynamicsFields } from '../../envs/dynamics/fields.ts';
import { shownDynamics } from '../../viewer/derive/dynamics.ts';

test('every number of an episode that can be drawn has a name for people', () => {
  const labels = dynamicsFields.map((field) => shownDynamics(field, field.nominal).label);
  expect(new Set(labels).size).toBe(labels.length);
  for (const [i, { name }] of dynamicsFields.entries()) expect(labels[i]).not.toBe(name);
});

test.each([
  ['mass', '1', 1.204, '×1.20', undefined],
  ['noise.position', 'm', 0.0051, '5.1', 'mm'],
  ['delay', 'steps', 1, '1', 'step'],
  ['gravity', '1', 1, 'pulls', undefined],
  ['constructor', 'V', 3, '3.000', 'V'],
])('%s of %s is shown as people read it', (name, unit, value, text, small) => {
  expect(shownDynamics({ name, unit }, value)).toMatchObject({ text, ...(small && { unit: small }) });
});
