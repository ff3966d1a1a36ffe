/** What there is to say of each number of a table's rows. */
export interface Statistics {
  readonly min: number[];
  readonly max: number[];
  readonly mean: number[];
  readonly std: number[];
  /** Rows. */
  readonly count: number[];
  readonly q01: number[];
  readonly q10: number[];
  readonly q50: number[];
  readonly q90: number[];
  readonly q99: number[];
}

export type StatisticName = keyof Statistics;

const quantiles = { q01: 0.01, q10: 0.1, q50: 0.5, q90: 0.9, q99: 0.99 } as const;

export const statisticNames: readonly StatisticName[] = [
  ...(['min', 'max', 'mean', 'std', 'count'] as const),
  ...(Object.keys(quantiles) as (keyof typeof quantiles)[]),
];

/**
 * Exact: quantiles are those of all rows, between two of them on the line that joins them; the deviation is that of the rows themselves.
 * @param data rows of so many numbers, row-major; at least one
 */
export function statisticsOf(data: Float32Array | Float64Array, width: number): Statistics {
  const found: Statistics = {
    ...{ min: [], max: [], mean: [], std: [], count: [] },
    ...{ q01: [], q10: [], q50: [], q90: [], q99: [] },
  };
  const rows = data.length / width;
  const sorted = data instanceof Float32Array ? new Float32Array(rows) : new Float64Array(rows);
  for (let k = 0; k < width; k++) {
    let sum = 0;
    for (let i = 0; i < rows; i++) {
      sorted[i] = data[i * width + k];
      sum += sorted[i];
    }
    const mean = sum / rows;
    let squares = 0;
    for (let i = 0; i < rows; i++) squares += (sorted[i] - mean) ** 2;
    sorted.sort();
    found.min.push(sorted[0]);
    found.max.push(sorted[rows - 1]);
    found.mean.push(mean);
    found.std.push(Math.sqrt(squares / rows));
    for (const [name, share] of Object.entries(quantiles)) {
      found[name as keyof typeof quantiles].push(quantile(sorted, share));
    }
  }
  found.count.push(rows);
  return found;
}

function quantile(sorted: Float32Array | Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
