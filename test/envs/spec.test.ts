import { expect, test } from 'vitest';
import { type Field, offsetOf, width } from '../../envs/spec.ts';

const field = (name: string, size: number): Field => ({ name, size, unit: '1', description: name });
const fields = [field('q', 7), field('goal', 3), field('open', 1)];

test('a field begins where those before it end', () => {
  expect(fields.map(({ name }) => offsetOf(fields, name))).toEqual([0, 7, 10]);
  expect(width(fields)).toBe(11);
  expect(width([])).toBe(0);
});

test('a field that is not there is named, with those that are', () => {
  expect(() => offsetOf(fields, 'target')).toThrow('no field target among q, goal, open');
});
