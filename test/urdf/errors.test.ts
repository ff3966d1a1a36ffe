import { describe, expect, it } from 'vitest';
import { readUrdf, UrdfError, type UrdfOptions } from '../../envs/model/urdf/index.ts';
import { UsageError } from '../../envs/options.ts';
import { joint, link, robotOf } from './robots.ts';

function errorOf(text: string, options?: UrdfOptions): UrdfError {
  try {
    readUrdf(text, 'arm.urdf', options);
  } catch (error) {
    if (error instanceof UrdfError) return error;
    throw error;
  }
  throw new Error('it was read');
}

const two = [link('a'), link('b'), link('c')];
const arm = robotOf(...two, joint('j', 'a', 'b'), joint('k', 'b', 'c'));

/** The arm with one thing in another's place. */
function changed(from: string, to: string): string {
  if (!arm.includes(from)) throw new Error(`there is no ${from}`);
  return arm.replace(from, to);
}

it('reads the arm that these are slips of', () => {
  expect(readUrdf(arm, 'arm.urdf').arm.joints.map(({ name }) => name)).toEqual(['j', 'k']);
});

const limit = '<limit lower="-2" upper="2" effort="10" velocity="3"/>';
const bomb = `<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n${arm}`;

const cases: readonly (readonly [what: string, text: string, line: number, message: string])[] = [
  ['nothing', '', 1, 'the file: expected a URDF, found nothing'],
  ['a word', 'hello', 1, 'the file: expected a URDF, which begins with "<", found "hello"'],
  ['a cut file', arm.slice(0, 300), 4, 'the XML: expected well-formed XML, found: '],
  ['an open tag', changed('</robot>', ''), 6, 'found: Missing end tag for element robot'],
  ['an MJCF', '<mujoco model="x"/>', 1, "expected a URDF's <robot>, found <mujoco>: a model in MJCF"],
  ['an SDF', '<?xml version="1.0"?>\n<sdf version="1.6"/>', 2, 'found <sdf>: a model in SDFormat'],
  ['a page', '<html><body/></html>', 1, 'found <html>: a web page'],
  ['a page with a document type', '<!DOCTYPE html>\n<html/>', 1, '<!DOCTYPE>: expected no document type'],
  [
    'entities',
    bomb,
    1,
    '<!DOCTYPE>: expected no document type: a URDF has none, and it could define entities without end',
  ],
  ['an unknown entity', changed('name="j"', 'name="&j;"'), 5, 'expected well-formed XML, found: Named entity isn'],
  [
    'xacro',
    changed('<robot name="r">', '<robot name="r">\n<xacro:include filename="x"/>'),
    2,
    'expand it first: xacro arm.urdf > arm-expanded.urdf (ros2 run xacro xacro ..)',
  ],
  [
    'a xacro property',
    changed('lower="-2"', `lower="$\{-pi}"`),
    5,
    '<limit>: expected a URDF, found a template in xacro',
  ],
  ['a xacro find', changed('name="r"', 'name="$(arg name)"'), 1, '<robot>: expected a URDF, found a template in xacro'],
  ['no links', '<robot name="r"/>', 1, 'robot "r": expected <link> elements, found none'],
  ['one link', robotOf(link('a')), 1, 'expected joints that move (revolute, continuous or prismatic), found none'],
  [
    'only fixed joints',
    robotOf(link('a'), link('b'), joint('j', 'a', 'b', { type: 'fixed' })),
    1,
    'expected joints that move',
  ],
  ['a link without name', changed('<link name="b">', '<link>'), 3, '<link>: expected the attribute name, found none'],
  [
    'an empty name',
    changed('<link name="b">', '<link name=" ">'),
    3,
    'link " ": expected a name as name, found an empty one',
  ],
  [
    'a joint without type',
    changed('type="revolute"', ''),
    5,
    'joint "j": expected the attribute type, found only "name"',
  ],
  [
    'a joint without parent',
    changed('<parent link="a"/>', ''),
    5,
    'joint "j": expected <parent link="..">, found none',
  ],
  [
    'a parent without link',
    changed('<parent link="a"/>', '<parent name="a"/>'),
    5,
    '<parent> of joint "j": expected the attribute link',
  ],
  [
    'an unknown parent',
    changed('<parent link="a"/>', '<parent link="z"/>'),
    5,
    'joint "j": expected a link of the file as parent, found "z"',
  ],
  [
    'an unknown child',
    changed('<child link="c"/>', '<child link="z"/>'),
    6,
    'joint "k": expected a link of the file as child, found "z"',
  ],
  [
    'a name twice',
    changed('<link name="b">', '<link name="a">'),
    3,
    'link "a": expected a name that no other link has, found that of line 2',
  ],
  [
    'a joint twice',
    changed('name="k"', 'name="j"'),
    6,
    'joint "j": expected a name that no other joint has, found that of line 5',
  ],
  [
    'two parents',
    changed('<parent link="b"/><child link="c"/>', '<parent link="a"/><child link="b"/>'),
    6,
    'expected a child that no other joint carries, found "b", which joint "j" (line 5) carries already',
  ],
  [
    'two roots',
    changed('</robot>', `${link('z')}\n</robot>`),
    7,
    'link "z": expected one link that no joint carries, found 2: "a" (line 2), "z" (line 7)',
  ],
  [
    'a circle',
    changed('<parent link="a"/>', '<parent link="c"/>'),
    5,
    'expected a joint that hangs from "a", found one of a circle of joints',
  ],
  [
    'nothing but a circle',
    robotOf(link('a'), link('b'), joint('j', 'a', 'b'), joint('k', 'b', 'a')),
    4,
    'expected a link that no joint carries, found none: the joints go round in a circle',
  ],
  [
    'a circle beside a tree',
    robotOf(
      link('a'),
      link('b'),
      link('c'),
      link('d'),
      joint('j', 'a', 'b'),
      joint('k', 'c', 'd'),
      joint('l', 'd', 'c'),
    ),
    7,
    'joint "k": expected a joint that hangs from "a", found one of a circle of joints',
  ],
  [
    'an unknown kind',
    changed('type="revolute"', 'type="hinge"'),
    5,
    'expected a joint that is fixed, revolute, continuous or prismatic, found "hinge"',
  ],
  [
    'a floating joint',
    changed('type="revolute"', 'type="floating"'),
    5,
    'found a floating one, which moves in six degrees that no motor drives; "fixed" would hold it still',
  ],
  [
    'a planar joint',
    changed('type="revolute"', 'type="planar"'),
    5,
    'found a planar one, which moves in three degrees',
  ],
  [
    'no axis to speak of',
    changed('xyz="0 1 0"', 'xyz="0 0 0"'),
    5,
    '<axis> of joint "j": expected the direction that the joint moves about or along, found 0 0 0',
  ],
  [
    'two numbers',
    changed('xyz="0 1 0"', 'xyz="0 1"'),
    5,
    '<axis> of joint "j": expected 3 finite numbers as xyz, found "0 1"',
  ],
  [
    'a word for a number',
    changed('lower="-2"', 'lower="low"'),
    5,
    '<limit> of joint "j": expected a finite number as lower, found "low"',
  ],
  ['NaN', changed('upper="2"', 'upper="nan"'), 5, 'expected a finite number as upper, found "nan"'],
  ['infinity', changed('upper="2"', 'upper="Infinity"'), 5, 'expected a finite number as upper, found "Infinity"'],
  [
    'more than a number holds',
    changed('upper="2"', 'upper="1e999"'),
    5,
    'expected a finite number as upper, found "1e999"',
  ],
  ['hexadecimal', changed('upper="2"', 'upper="0x10"'), 5, 'expected a finite number as upper, found "0x10"'],
  [
    'limits turned round',
    changed('lower="-2"', 'lower="3"'),
    5,
    '<limit> of joint "j": expected lower to be at most upper, found 3 and 2',
  ],
  ['a negative effort', changed('effort="10"', 'effort="-1"'), 5, 'expected an effort of at least 0, found -1'],
  ['a negative velocity', changed('velocity="3"', 'velocity="-1"'), 5, 'expected a velocity of at least 0, found -1'],
  [
    'a negative damping',
    changed(limit, `${limit}<dynamics damping="-1"/>`),
    5,
    'expected a damping of at least 0, found -1',
  ],
  [
    'an unknown leader',
    changed(limit, `${limit}<mimic joint="z"/>`),
    5,
    'joint "j": expected to mimic a joint of the file, found "z"',
  ],
  [
    'its own leader',
    changed(limit, `${limit}<mimic joint="j"/>`),
    5,
    'joint "j": expected to mimic a joint that moves by itself, found a circle',
  ],
  [
    'a slide without end',
    robotOf(link('a'), link('b'), joint('j', 'a', 'b', { type: 'prismatic', inside: '' })),
    4,
    'joint "j": expected <limit lower=".." upper="..">, found none: how far does it slide?',
  ],
  [
    'a slide that has its end too far away',
    robotOf(
      link('a'),
      link('b'),
      joint('j', 'a', 'b', { type: 'prismatic', inside: '\n<limit lower="-5000" upper="5000"/>' }),
    ),
    5,
    '<limit> of joint "j": expected lower and upper within 1000 m, found -5000 and 5000: how far does it slide?',
  ],
  [
    'a place beyond',
    changed('xyz="0 0 0.2"', 'xyz="0 0 2e5"'),
    5,
    '<origin> of joint "j": expected coordinates within 1000 m as xyz, found "0 0 2e5"',
  ],
  [
    'a negative mass',
    changed('<mass value="1"/>', '<mass value="-1"/>'),
    2,
    '<mass> of <inertial> of link "a": expected a mass of at least 0 kg, found -1',
  ],
  ['no mass', changed('<mass value="1"/>', ''), 2, '<inertial> of link "a": expected <mass value="..">, found none'],
  [
    'no inertia',
    changed('<inertia ixx="0.01" iyy="0.01" izz="0.01"/>', ''),
    2,
    '<inertial> of link "a": expected <inertia ixx=".." ..>, found none',
  ],
  ['half an inertia', changed('iyy="0.01" ', ''), 2, '<inertia> of <inertial> of link "a": expected the attribute iyy'],
  [
    'a negative radius',
    changed('</link>', '<visual><geometry><sphere radius="-1"/></geometry></visual></link>'),
    2,
    '<sphere> of <geometry> of <visual> of link "a": expected a length from 0 to 1000 m as radius, found -1',
  ],
  [
    'a mesh without file',
    changed('</link>', '<visual><geometry><mesh/></geometry></visual></link>'),
    2,
    'expected the attribute filename, found none',
  ],
];

describe('one error, that names file, line and element', () => {
  it.each(cases)('%s', (_, text, line, message) => {
    const error = errorOf(text);
    expect(error.message).toContain(message);
    expect(error.message.startsWith(`arm.urdf:${line}: `)).toBe(true);
    expect({ kind: error.kind, file: error.file, line: error.line }).toEqual({
      kind: 'invalid',
      file: 'arm.urdf',
      line,
    });
    expect(error.message).not.toMatch(/[\n\r]|undefined|NaN kg/);
    expect(error.message.length).toBeLessThan(400);
  });
});

describe('what is beyond any robot', () => {
  it.each([
    [
      'a file of 21 million characters',
      `<robot name="r">${' '.repeat(21e6)}</robot>`,
      'expected at most 20 million characters, found 21.0 million',
    ],
    [
      '10,001 links',
      `<robot name="r">${'<link name="x"/>'.repeat(10_001)}</robot>`,
      'expected at most 10000 elements of a kind',
    ],
    ['a nest', `<robot name="r">${'<a>'.repeat(1e5)}${'</a>'.repeat(1e5)}</robot>`, 'expected at most 64 levels'],
    ['a nest that hides its depth', `<robot name="r">${'<a><?p </a>?>'.repeat(9999)}</robot>`, 'arm.urdf:1: '],
    [
      'comments without end',
      `<robot name="r">${'<!--'.repeat(1e6)}`,
      '<!--: expected a comment that ends with -->, found none',
    ],
    [
      'a chain of 600',
      robotOf(
        ...Array.from({ length: 601 }, (_, i) => link(`l${i}`)),
        ...Array.from({ length: 600 }, (_, i) => joint(`j${i}`, `l${i}`, `l${i + 1}`)),
      ),
      'expected at most 500 joints that move, found 600',
    ],
    [
      'a chain of 300',
      robotOf(
        ...Array.from({ length: 301 }, (_, i) => link(`l${i}`)),
        ...Array.from({ length: 300 }, (_, i) => joint(`j${i}`, `l${i}`, `l${i + 1}`)),
      ),
      'expected at most 255 joints on the way to the tip, found 300',
    ],
    [
      'a name of a thousand letters',
      changed('name="b"', `name="${'b'.repeat(1000)}"`),
      'expected a name of at most 200 characters, found 1000',
    ],
  ])('%s is refused', (_, text, message) => {
    expect(errorOf(text).message).toContain(message);
  });

  it('a chain of 9,999 fixed links is merged', () => {
    const links = Array.from({ length: 9_999 }, (_, i) => link(`l${i}`));
    const joints = links.slice(1).map((_, i) => joint(`j${i}`, `l${i}`, `l${i + 1}`, i ? { type: 'fixed' } : {}));
    const still = joints.map((text) => text.replace('xyz="0 0 0.2"', 'xyz="0 0 0.00002"'));
    expect(readUrdf(robotOf(...links, ...still), 'arm.urdf').arm.joints.length).toBe(1);
  });
});

it.each([
  ['arm.urdf.xacro', 'xacro arm.urdf.xacro > arm.urdf'],
  ['a/b/arm.urdf.xacro', 'xacro a/b/arm.urdf.xacro > a/b/arm.urdf'],
  ['arm.xacro', 'xacro arm.xacro > arm.urdf'],
  ['a.b/arm', 'xacro a.b/arm > a.b/arm.urdf'],
  ['arm.xml', 'xacro arm.xml > arm.urdf'],
  ['ARM.URDF', 'xacro ARM.URDF > ARM-expanded.urdf'],
  ['my arms/arm.xacro', 'xacro "my arms/arm.xacro" > "my arms/arm.urdf"'],
  ["a$b's.xacro", `xacro 'a$b'\\''s.xacro' > 'a$b'\\''s.urdf'`],
])('a template in %s is expanded by the command that is named', (file, command) => {
  const text = changed('<robot name="r">', '<robot name="r"><xacro:include filename="x"/>');
  expect(() => readUrdf(text, file)).toThrow(`expand it first: ${command} (ros2 run xacro xacro ..)`);
});

it('names with control characters are one line in messages', () => {
  const error = errorOf(changed('<parent link="a"/>', '<parent link="a&#x202E;&#x85;b"/>'));
  expect(error.message).toContain('found "a b"');
});

it('a home that does not fit is a matter of usage', () => {
  const home =
    (...values: number[]) =>
    () =>
      readUrdf(arm, 'arm.urdf', { home: values });
  expect(home(0.5, 0.5)().arm.home).toEqual([0.5, 0.5]);
  expect(home(0.5)).toThrow(UsageError);
  expect(home(0.5)).toThrow('home: expected 2 numbers, for j, k, found 1');
  expect(home(0.5, 3)).toThrow('home: expected -2 to 2 for k, found 3');
  expect(home(0.5, Number.NaN)).toThrow(UsageError);
});

it('what other readers of URDF let pass is read', () => {
  expect(readUrdf(`\n\n  <?xml version="1.0"?>\n${arm}`, 'arm.urdf').arm.joints.length).toBe(2);
  expect(readUrdf(`<?xml version="1" encoding="utf-8"?>\n${arm}`, 'arm.urdf').arm.joints.length).toBe(2);
  expect(readUrdf(`\uFEFF${arm}`, 'arm.urdf').arm.joints.length).toBe(2);
  expect(
    readUrdf(changed('<link name="b">', `<!-- a -- b $\{x} <xacro:x/> -->\n<link name="b">`), 'arm.urdf').arm.joints
      .length,
  ).toBe(2);
  expect(readUrdf(arm.replaceAll('\n', '\r\n'), 'arm.urdf').arm.joints.length).toBe(2);
});

it('lines are those of the file, whatever stands before', () => {
  const text = `\n\n<?xml version="1.0"?>\n<!-- a\n -- b\n -->${changed('upper="2"', 'upper="x"')}`;
  expect(errorOf(text).line).toBe(10);
});

it('what is done to a file is said in notes', () => {
  const notes = (text: string) => readUrdf(text, 'arm.urdf').notes.join('\n');
  expect(notes(changed('effort="10"', 'effort="0"'))).toContain(
    'line 5: <limit> of joint "j": effort 0 is taken as not given',
  );
  expect(notes(changed(limit, ''))).toContain('line 5: joint "j" has no bounds: it turns on and on');
  expect(notes(changed('upper="2" ', ''))).toContain('line 5: <limit> of joint "j" has no upper: 0, as URDF has it');
  expect(notes(changed('lower="-2" upper="2"', 'lower="-1e6" upper="1e6"'))).toContain(
    'line 5: <limit> of joint "j": -1000000 to 1000000 is beyond 1000: taken as none',
  );
  expect(notes(changed('<axis xyz="0 1 0"/>', ''))).toContain(
    'line 5: joint "j" has no <axis>: it turns about 1 0 0, as URDF has it',
  );
  const rail = changed('type="revolute"', 'type="prismatic"').replace('<axis xyz="0 1 0"/>', '');
  expect(notes(rail)).toContain('line 5: joint "j" has no <axis>: it slides along 1 0 0, as URDF has it');
  expect(notes(arm)).not.toMatch(/<axis>|velocity/);
  expect(notes(changed('velocity="3"', ''))).toContain(
    'no velocity limit: "j"; taken as fast enough for every full action',
  );
  expect(notes(arm.replaceAll('velocity="3"', 'velocity="0"'))).toContain('no velocity limit: "j", "k"; taken as');
  const soft = '<safety_controller soft_lower_limit="-1" soft_upper_limit="1" k_velocity="1"/>';
  expect(notes(arm.replaceAll(limit, limit + soft))).toContain(
    'soft limits of <safety_controller>: "j", "k"; ignored, those of <limit> count',
  );
  expect(notes(changed(limit, `${limit}<safety_controller k_velocity="1"/>`))).not.toContain('safety_controller');
  const two = '<visual><geometry><box size="1 1 1"/>\n<sphere radius="1"/></geometry></visual>';
  expect(notes(changed('</link>', `${two}</link>`))).toContain(
    'line 3: <sphere> of <geometry> of <visual> of link "a" stands beside another solid; the first one counts',
  );
  expect(notes(changed('<origin', '<orgin/><origin'))).toContain(
    '<orgin> of joint "j" is no element of a URDF; ignored',
  );
  expect(notes(changed('<origin', '<origin xyz="0 0 0.2"/><origin'))).toContain(
    '<origin> of joint "j" stands there a second time; the first one counts',
  );
  expect(notes(changed('</robot>', '<transmission/><transmission/></robot>'))).toContain('ignored: <transmission> (2)');
  expect(notes(changed(' name="r"', ''))).toContain('<robot> has no name: called "arm" after the file');
  expect(notes(changed('effort="10"', 'effort="0.1"'))).toContain('its effort of 0.1 is less than');
});
