import { parseXml, XmlElement, XmlError } from '@rgrove/parse-xml';
import { printable } from '../../text.ts';
import { type Place, UrdfError } from './error.ts';
import { quoted } from './words.ts';

/**
 * A robot file as elements that know where they stand. What is far beyond any robot is refused before it is parsed, and so is
 * what an XML parser could be led astray by: a document type may define entities that grow without end.
 */

export interface Element extends Place {
  readonly file: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
}

/** Characters of a file; robots with hundreds of links have 0.3 million. */
const mostText = 20_000_000;
const mostOfAKind = 10_000;
const deepest = 64;

/** @throws UrdfError for an element that cannot be read: what was expected, and what was found */
export function fail({ file, ...place }: Element, what: string, candidates?: readonly string[]): never {
  throw new UrdfError(file, place, what, candidates);
}

/**
 * The root element of a URDF.
 * @throws UrdfError for what is no XML, no URDF, or more than any robot
 */
export function parseRobot(text: string, file: string): Element {
  if (text.length > mostText) {
    const found = `${(text.length / 1e6).toFixed(1)} million characters`;
    throw new UrdfError(
      file,
      { line: 1, element: 'the file' },
      `expected at most 20 million characters, found ${found}`,
    );
  }
  const lines = lineStarts(text);
  const place = (at: number, element: string): Place => {
    const line = lineOf(lines, at);
    return { line, column: at - lines[line - 1] + 1, element };
  };
  const refuse = (at: number, element: string, what: string): never => {
    throw new UrdfError(file, place(at, element), what);
  };
  const source = withoutDeclaration(withoutComments(text, refuse));
  checkMarkup(source, refuse, xacroHint(file));
  const start = source.length - source.trimStart().length;
  const root = parsed(source.slice(start), file, (at, element) => place(at + start, element));
  const robot = elementOf(root, '', file, (at, element) => place(at + start, element));
  if (robot.name !== 'robot') fail(robot, `expected a URDF's <robot>, found ${kindOf(robot)}`);
  return robot;
}

type Refuse = (at: number, element: string, what: string) => never;

function parsed(source: string, file: string, place: (at: number, element: string) => Place): XmlElement {
  if (!source) throw new UrdfError(file, place(0, 'the file'), 'expected a URDF, found nothing');
  if (!source.startsWith('<')) {
    throw new UrdfError(
      file,
      place(0, 'the file'),
      `expected a URDF, which begins with "<", found ${quoted(source.slice(0, 20))}`,
    );
  }
  try {
    return parseXml(source, { includeOffsets: true }).root as XmlElement;
  } catch (error) {
    if (error instanceof XmlError) {
      const what = error.message.split('\n')[0].replace(/ \(line \d+, column \d+\)$/, '');
      throw new UrdfError(file, place(error.pos, 'the XML'), `expected well-formed XML, found: ${printable(what)}`);
    }
    // The parser calls itself for each level of nesting.
    if (error instanceof RangeError) throw new UrdfError(file, place(0, 'the XML'), 'it is nested too deeply');
    throw error;
  }
}

function elementOf(
  node: XmlElement,
  within: string,
  file: string,
  place: (at: number, element: string) => Place,
): Element {
  const { name, attributes } = node;
  const isNamed = attributes.name !== undefined && ['robot', 'link', 'joint', 'material'].includes(name);
  const label = isNamed ? `${name} ${quoted(attributes.name)}` : `<${printable(name).slice(0, 60)}>`;
  const element = within && !isNamed ? `${label} of ${within}` : label;
  const children = node.children
    .filter((child): child is XmlElement => child instanceof XmlElement)
    .map((child) => elementOf(child, name === 'robot' ? '' : element, file, place));
  return { file, name, attributes, children, ...place(node.start, element) };
}

/** What a file is that is not a URDF. */
function kindOf({ name }: Element): string {
  const known: Readonly<Record<string, string>> = {
    mujoco: '<mujoco>: a model in MJCF, which is not read; a URDF of the same robot is',
    mujocoinclude: '<mujocoinclude>: a part of a model in MJCF, which is not read; a URDF of the same robot is',
    sdf: '<sdf>: a model in SDFormat, which is not read; a URDF of the same robot is',
    html: '<html>: a web page; a link to a file often leads to a page about it: download the file itself',
    collada: '<COLLADA>: a mesh, not a robot',
    launch: '<launch>: a launch file of ROS, not a robot',
    package: '<package>: the manifest of a ROS package, not a robot',
  };
  const lower = name.toLowerCase();
  return Object.hasOwn(known, lower) ? known[lower] : `<${printable(name).slice(0, 60)}>`;
}

/** The text with its comments blanked, line by line: they may hold what XML forbids there, such as rows of dashes. */
function withoutComments(text: string, refuse: Refuse): string {
  const parts: string[] = [];
  let from = 0;
  for (let start = text.indexOf('<!--'); start >= 0; start = text.indexOf('<!--', from)) {
    const end = text.indexOf('-->', start + 4);
    if (end < 0) return refuse(start, '<!--', 'expected a comment that ends with -->, found none');
    parts.push(text.slice(from, start), text.slice(start, end + 3).replace(/[^\r\n]/g, ' '));
    from = end + 3;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

/** The text with its XML declaration blanked: some stand after a blank line, some say version 1, and none says what a reader needs. */
function withoutDeclaration(text: string): string {
  return text.replace(/^(\s*)(<\?xml\s[^<>]*\?>)/, (_, space, declaration) => space + ' '.repeat(declaration.length));
}

/**
 * Goes over the tags once, without building anything.
 * @param xacro what to say of a template
 */
function checkMarkup(text: string, refuse: Refuse, xacro: string): void {
  const counts = new Map<string, number>();
  let depth = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    const next = text[at + 1];
    if (next === '!' && text.startsWith('<!DOCTYPE', at)) {
      refuse(at, '<!DOCTYPE>', 'expected no document type: a URDF has none, and it could define entities without end');
    }
    if (next === '!' || next === '?') continue;
    if (next === '/') {
      depth--;
      continue;
    }
    const name = text.slice(at + 1, at + 200).match(/^[^\s<>/]*/)?.[0] ?? '';
    const label = `<${printable(name).slice(0, 60)}>`;
    if (name.startsWith('xacro:')) refuse(at, label, xacro);
    const end = tagEnd(text, at);
    if (/\$[{(]/.test(text.slice(at, end))) refuse(at, label, xacro);
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    if (count > mostOfAKind) refuse(at, label, `expected at most ${mostOfAKind} elements of a kind, found more`);
    if (text[end - 1] !== '/' && ++depth > deepest) refuse(at, label, `expected at most ${deepest} levels, found more`);
  }
}

/** A template that is called a URDF keeps its name; others give theirs to what they are expanded to. */
function xacroHint(file: string): string {
  const stem = file.replace(/\.[^./\\]*$/, '');
  const isUrdf = (name: string) => /\.urdf$/i.test(name);
  const target = isUrdf(file) ? `${stem}-expanded.urdf` : isUrdf(stem) ? stem : `${stem}.urdf`;
  const command = `xacro ${shellWord(file)} > ${shellWord(target)}`;
  return `expected a URDF, found a template in xacro; expand it first: ${command} (ros2 run xacro xacro ..)`;
}

/** A path as a command line has it. Double quotes, where they do, are understood by every shell. */
function shellWord(path: string): string {
  if (/^[\p{L}\p{N}_@%+=:,./-]+$/u.test(path)) return path;
  return /["$`!]|\\\\|\\$/.test(path) ? `'${path.replaceAll("'", `'\\''`)}'` : `"${path}"`;
}

/** Where the tag that starts at `at` ends: at its ">", or where the next tag starts if that is sooner. */
function tagEnd(text: string, at: number): number {
  let quote = '';
  for (let i = at + 1; i < text.length; i++) {
    const char = text[i];
    if (char === '<') return i;
    if (quote) {
      if (char === quote) quote = '';
    } else if (char === '>') return i;
    else if (char === '"' || char === "'") quote = char;
  }
  return text.length;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The line of a character, from 1. */
function lineOf(starts: readonly number[], at: number): number {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= at) low = middle;
    else high = middle;
  }
  return low + 1;
}
