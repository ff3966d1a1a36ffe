/** Formulas in plain text, as source files and terminals have them, set as MathML, which browsers lay out by themselves. */
import { escaped } from './format.ts';

/** What a part of a formula is to its neighbours: fractions end at all but operands. */
type Kind = 'operand' | 'relation' | 'sum' | 'big' | 'text' | 'slash' | 'space';

interface Part {
  readonly kind: Kind;
  readonly xml: string;
}

const below = 'ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼᵣᵤᵥ₀₁₂₃₄₅₆₇₈₉₊₋';
const belowAs = 'aeoxhklmnpstijruv0123456789+−';
const above = 'ᵀᵗᵏⁿⁱ⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ʰᵈᵃᵇ';
const aboveAs = 'Ttkni0123456789+−hdab';

/** Words that are names in a formula, and no part of a sentence. */
const functions = new Set(['log', 'exp', 'tr', 'Cov', 'KL', 'min', 'max', 'clip', 'mean']);

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']' };

/**
 * A formula as `<math>`. Letters stand for themselves, ₜ ᵀ ² and `P_new` are scripts, Σ and Π take theirs below, and a slash between
 * spaces is a fraction where the formula stands by itself. Words are words.
 * @param display whether it stands by itself, rather than in a line or a cell
 */
export function mathml(text: string, display = false): string {
  const reader = { text: text.normalize('NFD').replace(/-/g, '−'), at: 0, bars: 0 };
  const parts = partsUntil(reader, '');
  const xml = join(display ? withFractions(parts) : parts);
  return `<math${display ? ' display="block"' : ''}><mrow>${xml}</mrow></math>`;
}

interface Reader {
  readonly text: string;
  at: number;
  /** Bars of absolute values that are open. */
  bars: number;
}

function partsUntil(reader: Reader, end: string): Part[] {
  const parts: Part[] = [];
  while (reader.at < reader.text.length) {
    if (end && reader.text[reader.at] === end) break;
    parts.push(nextPart(reader));
  }
  return parts;
}

function nextPart(reader: Reader): Part {
  const { text, at } = reader;
  const rest = text.slice(at);
  const take = (pattern: RegExp) => {
    const found = pattern.exec(rest)?.[0];
    if (found !== undefined) reader.at += found.length;
    return found;
  };
  if (/^ \/ /.test(rest)) {
    reader.at += 3;
    return { kind: 'slash', xml: '<mo>/</mo>' };
  }
  if (take(/^\s+/) !== undefined) return { kind: 'space', xml: '' };
  const words = take(/^[A-Za-z]{2,}(?:(?: [A-Za-z]{2,})*)/);
  if (words !== undefined) return wordPart(reader, words);
  const number = take(/^\d+(?:[.,]\d+)*/);
  if (number !== undefined) return scripted(reader, `<mn>${number}</mn>`);
  const letter = take(/^[\p{L}∇](?:\u0304)?/u);
  if (letter !== undefined) return letterPart(reader, letter);
  return signPart(reader);
}

/** A name such as log, or words of a sentence: names among these go on for themselves. */
function wordPart(reader: Reader, words: string): Part {
  const [first, ...others] = words.split(' ');
  const isName = functions.has(first);
  const until = isName ? 0 : others.findIndex((word) => functions.has(word));
  const kept = isName ? [first] : until < 0 ? [first, ...others] : [first, ...others.slice(0, until)];
  reader.at -= words.length - kept.join(' ').length;
  if (isName) return scripted(reader, `<mi>${first}</mi>`);
  return { kind: 'text', xml: `<mtext>${kept.join(' ')}</mtext>` };
}

function letterPart(reader: Reader, letter: string): Part {
  if (letter === 'Σ' || letter === 'Π') {
    const operator = `<mo>${letter === 'Σ' ? '∑' : '∏'}</mo>`;
    const [index] = scripts(reader);
    return { kind: 'big', xml: index ? `<munder>${operator}${index}</munder>` : operator };
  }
  const [base, mark] = [...letter];
  const symbol = base === '∇' ? '<mo form="prefix">∇</mo>' : `<mi>${base}</mi>`;
  return scripted(reader, mark ? `<mover>${symbol}<mo stretchy="false">¯</mo></mover>` : symbol);
}

/** Brackets with what is in them, bars, and operators. */
function signPart(reader: Reader): Part {
  const sign = reader.text[reader.at++];
  if (closing[sign]) {
    const inner = join(partsUntil(reader, closing[sign]));
    reader.at++;
    const fence = (one: string) => `<mo stretchy="false">${one}</mo>`;
    return scripted(reader, `<mrow>${fence(sign)}${inner}${fence(closing[sign])}</mrow>`);
  }
  if (sign === '|') return barPart(reader);
  if ('=≤≥<>~≈:,'.includes(sign)) return { kind: 'relation', xml: `<mo>${escaped(sign === '~' ? '∼' : sign)}</mo>` };
  const isFirst = /(?:^|[([=,:])\s*.$/u.test(reader.text.slice(0, reader.at));
  if ('+−·'.includes(sign)) return { kind: 'sum', xml: `<mo${isFirst ? ' form="prefix"' : ''}>${sign}</mo>` };
  return { kind: 'operand', xml: `<mo>${escaped(sign)}</mo>` };
}

/** A bar between spaces separates, as in π(a | s); others enclose. */
function barPart(reader: Reader): Part {
  const { text, at } = reader;
  const isBetween = text[at - 2] === ' ' && text[at] === ' ';
  if (isBetween && reader.bars === 0)
    return { kind: 'operand', xml: '<mo lspace="0.28em" rspace="0.28em" stretchy="false">|</mo>' };
  const isOpening = reader.bars === 0;
  reader.bars += isOpening ? 1 : -1;
  const bar = `<mo form="${isOpening ? 'prefix' : 'postfix'}" stretchy="false">|</mo>`;
  return isOpening ? { kind: 'operand', xml: bar } : scripted(reader, bar);
}

function scripted(reader: Reader, base: string): Part {
  const [sub, sup] = scripts(reader);
  if (sub && sup) return { kind: 'operand', xml: `<msubsup>${base}${sub}${sup}</msubsup>` };
  if (sub || sup) return { kind: 'operand', xml: sub ? `<msub>${base}${sub}</msub>` : `<msup>${base}${sup}</msup>` };
  return { kind: 'operand', xml: base };
}

/** What stands below and above what was just read. */
function scripts(reader: Reader): [sub?: string, sup?: string] {
  let [sub, sup]: (string | undefined)[] = [];
  for (;;) {
    const rest = reader.text.slice(reader.at);
    const [named] = /^_[\p{L}′]+/u.exec(rest) ?? [];
    const low = named ?? range(rest);
    const high = run(rest, above) || (/^\*/.test(rest) ? '*' : '');
    if (low) sub = named ? `<mi>${named.slice(1)}</mi>` : scriptRow(low, below, belowAs);
    else if (high) sup = high === '*' ? '<mo>*</mo>' : scriptRow(high, above, aboveAs);
    else return [sub, sup];
    reader.at += (low || high).length;
  }
}

/** Letters below, also from one to another as in ₀:ₜ. */
function range(text: string): string {
  const first = run(text, below);
  const last = first && text[first.length] === ':' ? run(text.slice(first.length + 1), below) : '';
  return last ? `${first}:${last}` : first;
}

function run(text: string, letters: string): string {
  let length = 0;
  while (length < text.length && letters.includes(text[length])) length++;
  return text.slice(0, length);
}

function scriptRow(text: string, from: string, to: string): string {
  const plain = [...text].map((letter) => to[from.indexOf(letter)] ?? letter);
  const xml = plain.map((one) =>
    /\d/.test(one) ? `<mn>${one}</mn>` : /[+−:]/.test(one) ? `<mo>${one}</mo>` : `<mi>${one}</mi>`,
  );
  return `<mrow>${xml.join('')}</mrow>`;
}

/** Operands to both sides of a slash, one above the other. */
function withFractions(parts: readonly Part[]): Part[] {
  const out: Part[] = [];
  const isInside = ({ kind }: Part) => kind === 'operand' || kind === 'space';
  for (let i = 0; i < parts.length; i++) {
    if (parts[i].kind !== 'slash') {
      out.push(parts[i]);
      continue;
    }
    let from = out.length;
    while (from > 0 && isInside(out[from - 1])) from--;
    let to = i + 1;
    while (to < parts.length && isInside(parts[to])) to++;
    const [top, bottom] = [out.splice(from), parts.slice(i + 1, to)];
    const row = (some: readonly Part[]) => `<mrow>${join(some)}</mrow>`;
    out.push(
      { kind: 'space', xml: '' },
      { kind: 'operand', xml: `<mfrac>${row(top)}${row(bottom)}</mfrac>` },
      { kind: 'space', xml: '' },
    );
    i = to - 1;
  }
  return out;
}

/** Parts in a row; between operands that a space keeps apart there is a thin one, about words a wide one. */
function join(parts: readonly Part[]): string {
  return parts
    .map(({ kind, xml }, i) => {
      if (kind !== 'space') return xml;
      const around = [parts[i - 1]?.kind, parts[i + 1]?.kind];
      if (around.some((one) => one === undefined)) return '';
      if (around.includes('text')) return '<mspace width="0.35em"/>';
      return around.every((one) => one === 'operand' || one === 'big') ? '<mspace width="0.17em"/>' : '';
    })
    .join('');
}
