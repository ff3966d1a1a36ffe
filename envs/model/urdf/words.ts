import { printable } from '../../text.ts';

/** How names and numbers of a file stand in messages and notes. */

/** A name or a value of a file in a message: in quotes, on one line and of bounded length. */
export function quoted(text: string): string {
  const line = printable(text);
  return `"${line.length > 60 ? `${line.slice(0, 57)}...` : line}"`;
}

/** Names in a line, the first twenty of them. */
export function listed(names: readonly string[]): string {
  const more = names.length > 20 ? ` and ${names.length - 20} more` : '';
  return names.slice(0, 20).join(', ') + more;
}

/** A number with three digits, as far as it has them. */
export function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
