/** Colours and dashes of lines: each line has both, so that neither alone has to tell them apart. */

export const dashes: readonly (readonly number[])[] = [[], [7, 3], [2, 2.5], [9, 3, 2, 3], [5, 2], [1.5, 4], [12, 3]];

export interface Looks {
  readonly series: readonly string[];
  readonly alone: string;
  readonly grid: string;
  readonly text: string;
}

/** The page's colours as a canvas takes them: `light-dark()` and variables resolved. */
export function looks(): Looks {
  const probe = document.createElement('span');
  document.body.append(probe);
  const resolve = (variable: string) => {
    probe.style.color = `var(${variable})`;
    return getComputedStyle(probe).color;
  };
  const found = {
    series: [1, 2, 3, 4, 5, 6, 7, 8].map((i) => resolve(`--series-${i}`)),
    alone: resolve('--ink'),
    grid: resolve('--line'),
    text: resolve('--quiet'),
  };
  probe.remove();
  return found;
}

export function faint(color: string, share: number): string {
  return `color-mix(in srgb, ${color} ${share * 100}%, transparent)`;
}
