/** What there is to say of each number of a table's rows; of the rows, their count. */
export const statisticNames = ['min', 'max', 'mean', 'std', 'count', 'q01', 'q10', 'q50', 'q90', 'q99'] as const;
export type StatisticName = (typeof statisticNames)[number];

const quantiles = [0.01, 0.1, 0.5, 0.9, 0.99];

/** Numbers of a statistic for rows of so many. */
export function widthOf(name: StatisticName, width: number): number {
  return name === 'count' ? 1 : width;
}

/** Numbers of all statistics. */
export function statisticsWidth(width: number): number {
  return statisticNames.reduce((sum, name) => sum + widthOf(name, width), 0);
}

/**
 * Exact: quantiles are those of all rows, between two of them on the line that joins them; the deviation is that of the rows themselves.
 * @param data rows of so many numbers, row-major; at least one
 * @param out each statistic in turn, of each number in turn [statisticsWidth(width)]
 */
export function writeStatistics(data: Float32Array | Float64Array, width: number, out: Float64Array): void {
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
    out[k] = sorted[0];
    out[width + k] = sorted[rows - 1];
    out[2 * width + k] = mean;
    out[3 * width + k] = Math.sqrt(squares / rows);
    // After the count.
    for (let q = 0; q < quantiles.length; q++) out[(4 + q) * width + 1 + k] = quantile(sorted, quantiles[q]);
  }
  out[4 * width] = rows;
}

/** The same by name. */
export function statisticsOf(data: Float32Array | Float64Array, width: number): Record<StatisticName, number[]> {
  const all = new Float64Array(statisticsWidth(width));
  writeStatistics(data, width, all);
  let at = 0;
  const named = statisticNames.map((name) => {
    const from = at;
    at += widthOf(name, width);
    return [name, Array.from(all.subarray(from, at))];
  });
  return Object.fromEntries(named);
}

function quantile(sorted: Float32Array | Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
