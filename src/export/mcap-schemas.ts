/** Shapes of messages as JSON Schema, by the names under which Foxglove shows them (docs.foxglove.dev/docs/sdk/schemas). */

type Schema = Readonly<Record<string, unknown>>;

const number: Schema = { type: 'number' };
const text: Schema = { type: 'string' };
const whole: Schema = { type: 'integer' };
const yesOrNo: Schema = { type: 'boolean' };

const list = (items: Schema): Schema => ({ type: 'array', items });
const object = (properties: Readonly<Record<string, Schema>>, title?: string): Schema => ({
  ...(title && { title }),
  type: 'object',
  properties,
});

const time = object({ sec: whole, nsec: whole }, 'time');
const duration = object({ sec: whole, nsec: whole }, 'duration');
const vector = object({ x: number, y: number, z: number });
const rotation = object({ x: number, y: number, z: number, w: number });
const pose = object({ position: vector, orientation: rotation });
const color = object({ r: number, g: number, b: number, a: number });

const transform = object({
  ...{ timestamp: time, parent_frame_id: text, child_frame_id: text, translation: vector, rotation },
});
const joint = object({ name: text, position: number, velocity: number });
const cylinder = object({ pose, size: vector, bottom_scale: number, top_scale: number, color });
const triangles = object({ pose, points: list(vector), color, colors: list(color), indices: list(whole) });
const entity = object({
  ...{ timestamp: time, frame_id: text, id: text, lifetime: duration, frame_locked: yesOrNo },
  metadata: list(object({ key: text, value: text })),
  arrows: list(object({ pose, color })),
  cubes: list(object({ pose, size: vector, color })),
  spheres: list(object({ pose, size: vector, color })),
  cylinders: list(cylinder),
  lines: list(object({ pose, points: list(vector), color })),
  triangles: list(triangles),
  texts: list(object({ pose, text, color })),
  models: list(object({ pose, url: text })),
});

export const foxgloveSchemas = {
  'foxglove.FrameTransforms': object({ transforms: list(transform) }, 'foxglove.FrameTransforms'),
  'foxglove.JointStates': object({ timestamp: time, joints: list(joint) }, 'foxglove.JointStates'),
  'foxglove.SceneUpdate': object(
    { deletions: list(object({ timestamp: time, type: whole, id: text })), entities: list(entity) },
    'foxglove.SceneUpdate',
  ),
} as const;

interface Named {
  readonly name: string;
  readonly size: number;
}

/** Of a message with a number, or a list of them, for each field. */
export function fieldsSchema(name: string, fields: readonly Named[]): Schema {
  return object(propertiesOf(fields), name);
}

function propertiesOf(fields: readonly Named[]): Record<string, Schema> {
  return Object.fromEntries(fields.map((field) => [field.name, field.size > 1 ? list(number) : number]));
}

export function rewardSchema(name: string, terms: readonly string[]): Schema {
  const parts = object(Object.fromEntries(terms.map((term) => [term, number])));
  return object({ reward: number, return: number, terms: parts }, name);
}

/** @param dynamics what was drawn of the physics */
export function episodeSchema(name: string, dynamics: readonly Named[]): Schema {
  const facts = { episode: whole, seed: whole, steps: whole, return: number, success: yesOrNo, end: text };
  return object({ ...facts, dynamics: object(propertiesOf(dynamics)) }, name);
}
