import { clearScreenDown, moveCursor } from 'node:readline';
import { stripVTControlCharacters, styleText } from 'node:util';
import { printLines } from './output.ts';

/** Progress on a terminal: a screen that is redrawn in place; elsewhere plain lines. */
export interface Display {
  /** The state has changed. `line` says how, where nothing can be redrawn. */
  update(line?: string): void;
  /** Leaves the last state standing. */
  end(): void;
}

export interface DisplayOptions {
  readonly title: string;
  /** The screen's rows, styled; none before there is anything to show. */
  readonly rows: () => readonly string[];
  /** Between two redraws, and between two lines, s. */
  readonly redrawEvery: number;
  readonly lineEvery: number;
}

export function createDisplay(out: NodeJS.WriteStream, options: DisplayOptions): Display {
  return out.isTTY ? liveDisplay(out, options) : plainDisplay(out, options);
}

function plainDisplay(out: NodeJS.WriteStream, { title, lineEvery }: DisplayOptions): Display {
  let last = -Infinity;
  let pending: string | undefined;
  const print = () => {
    if (pending !== undefined) printLines([pending], out);
    pending = undefined;
  };
  printLines([title], out);
  return {
    update(line) {
      pending = line ?? pending;
      if (clock() - last < lineEvery) return;
      last = clock();
      print();
    },
    end: print,
  };
}

function liveDisplay(out: NodeJS.WriteStream, { title, rows, redrawEvery }: DisplayOptions): Display {
  let drawn = 0;
  let last = -Infinity;
  const draw = () => {
    const shown = rows();
    if (!shown.length) return;
    if (drawn) moveCursor(out, 0, -drawn);
    clearScreenDown(out);
    printLines(
      shown.map((row) => clip(row, out.columns || 80)),
      out,
    );
    drawn = shown.length;
    last = clock();
  };
  printLines(['', `  ${styleText('bold', title)}`, ''], out);
  return {
    update() {
      if (clock() - last >= redrawEvery) draw();
    },
    end: draw,
  };
}

/** A row that wraps would break the redrawing. Of several styles in a row that is cut, none is left. */
function clip(row: string, columns: number): string {
  const plain = stripVTControlCharacters(row);
  const cut = plain.slice(0, columns);
  if (plain === cut) return row;
  return row.includes(plain) ? row.replace(plain, () => cut) : cut;
}

/** Seconds since the process started. */
export function clock(): number {
  return performance.now() / 1000;
}
