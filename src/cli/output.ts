/** All that commands print goes through here. */
import { styleText } from 'node:util';
import { printable } from '../../envs/text.ts';

/** The styles that commands use on a terminal. */
const styles = new RegExp(`(${String.fromCharCode(27)}\\[(?:1|2|22|31|32|39)m)`);

/** Prints lines, each on a line of its own whatever it holds. */
export function printLines(lines: readonly string[], out: NodeJS.WriteStream = process.stdout): void {
  out.write(lines.map((line) => `${cleaned(line, out.isTTY)}\n`).join(''));
}

function cleaned(line: string, isStyled: boolean): string {
  if (!isStyled) return printable(line);
  const parts = line.split(styles);
  return parts.map((part, i) => (i % 2 ? part : printable(part))).join('');
}

/** Prints one line of JSON, for programs. */
export function printJson(value: unknown): void {
  process.stdout.write(`${jsonLine(value)}\n`);
}

/** What JSON leaves as it is and a terminal obeys, or a reader does not see, is escaped as well: the value is the same. */
function jsonLine(value: unknown): string {
  const unit = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (found) => found.split('').map(unit).join(''));
}

/** Shows progress: has a text, or none, in the place of what stood on the line of the terminal; nothing elsewhere. */
export function showOnLine(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

export function warn(message: string): void {
  printLines([`warning: ${message}`], process.stderr);
}

/** Text in a style, where standard output is a terminal. */
export function styled(format: 'bold' | 'dim' | 'green' | 'red', text: string): string {
  return process.stdout.isTTY ? styleText(format, text) : text;
}
