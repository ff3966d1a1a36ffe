import { SourceMap } from 'node:module';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where in a user's module an error comes from. Its frames name the script that the module was made into. */

const frame = /data:text\/javascript;base64,([A-Za-z0-9+/=]+):(\d+):(\d+)/;

/** "push.ts:14", from the first of the frames that is a module's; null where none is. */
export function placeOf(error: unknown): string | null {
  for (let each = error; each instanceof Error; each = each.cause) {
    const place = placeIn(each.stack ?? '');
    if (place) return place;
  }
  return null;
}

/** The message behind the place that the stack tells. */
export function describeError({ message, stack = '' }: { message: string; stack?: string }, path: string): string {
  return `${placeIn(stack) ?? path}: ${message}`;
}

/** The stack, and those of its causes, with the places in modules for those in their scripts. */
export function readableStack(error: Error): string {
  const stack = error.stack ?? error.message;
  const own = stack.replaceAll(new RegExp(frame, 'g'), (_, script, line, column) => original(script, line, column));
  return error.cause instanceof Error ? `${own}\ncaused by ${readableStack(error.cause)}` : own;
}

function placeIn(stack: string): string | null {
  const [, script, line, column] = frame.exec(stack) ?? [];
  return script ? original(script, line, column).replace(/:\d+$/, '') : null;
}

/** path:line:column */
function original(script: string, line: string, column: string): string {
  const text = Buffer.from(script, 'base64').toString();
  const map = JSON.parse(Buffer.from(text.slice(text.lastIndexOf('base64,') + 7), 'base64').toString());
  const entry = new SourceMap(map).findEntry(Number(line) - 1, Number(column) - 1);
  if (!('originalSource' in entry)) return `a module:${line}:${column}`;
  const file = relative(
    '',
    resolve(fileURLToPath(map.sourceRoot), fileURLToPath(new URL(entry.originalSource, map.sourceRoot))),
  );
  return `${file}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}
