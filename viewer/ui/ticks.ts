/** Round times along a ruler; pure. */
export function ticks(length: number, most: number): { readonly at: number; readonly text: string }[] {
  if (!(length > 0)) return [];
  const rough = length / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough * 0.999) ?? rough;
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return Array.from({ length: Math.floor(length / step + 1e-9) + 1 }, (_, i) => ({
    at: i * step,
    text: i === 0 ? '0 s' : (i * step).toFixed(digits),
  }));
}
