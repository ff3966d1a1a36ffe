/** The learning curve: how often held-out goals are reached, what episodes return, and sigma, over the steps trained on. */
import { html, setText, svg } from '../dom/elements.ts';
import { compact, integer } from '../dom/format.ts';
import type { CurvePoint } from './worker/messages.ts';

const [width, height] = [232, 96];

export interface LearningCurve {
  readonly element: HTMLElement;
  show(curve: readonly CurvePoint[], steps: number): void;
}

export function learningCurve(): LearningCurve {
  const success = svg('path', { class: 'success' });
  const returns = svg('path', { class: 'returns' });
  const sigmas = svg('path', { class: 'sigma' });
  const dots = svg('g', { class: 'dots' });
  const levels = [0, 0.5, 1].map((share) => svg('path', { class: 'grid', d: `M0 ${y(share)}H${width}` }));
  const drawing = svg('svg', { viewBox: `0 -4 ${width} ${height + 8}`, role: 'img', preserveAspectRatio: 'none' });
  drawing.append(...levels, returns, sigmas, success, dots);
  const ends = [html('span', '', '0'), html('span')];
  const share = html('div', 'shares', html('span', '', '100 %'), html('span', '', '0 %'));
  const legend = html('p', 'curve-legend', html('i', 'success'), 'success', html('i', 'returns'), 'return');
  legend.append(html('i', 'sigma'), 'σ');
  const element = html('div', 'curve', html('div', 'plot-area', share, drawing), html('div', 'ends', ...ends), legend);
  return {
    element,
    show(curve, steps) {
      const last = curve.at(-1);
      const most = Math.max(1, last ? Math.min(steps, Math.max(last.envSteps * 1.15, steps / 8)) : steps);
      const x = (at: number) => (width * at) / most;
      const tried = curve.flatMap(({ envSteps, evaluated }) =>
        evaluated?.success == null ? [] : [{ at: envSteps, share: evaluated.success }],
      );
      success.setAttribute('d', pathOf(tried.map(({ at, share }) => [x(at), y(share)])));
      dots.replaceChildren(
        ...tried.map(({ at, share }) => svg('circle', { cx: String(x(at)), cy: String(y(share)), r: '2.2' })),
      );
      const all = curve.map(({ meanReturn }) => meanReturn);
      const [low, high] = [Math.min(...all), Math.max(...all)];
      const place = (value: number) => y(high > low ? (value - low) / (high - low) : 0.5);
      returns.setAttribute('d', pathOf(curve.map(({ envSteps, meanReturn }) => [x(envSteps), place(meanReturn)])));
      // From 0 on: how much of it is left is what it tells.
      const widest = Math.max(...curve.map(({ sigma }) => sigma)) || 1;
      sigmas.setAttribute('d', pathOf(curve.map(({ envSteps, sigma }) => [x(envSteps), y(sigma / widest)])));
      setText(ends[1], `${integer(Math.round(most))} steps`);
      drawing.setAttribute('aria-label', last ? summaryOf(curve) : 'The learning curve, empty yet');
    },
  };
}

function y(share: number): number {
  return height * (1 - share);
}

function pathOf(points: readonly (readonly number[])[]): string {
  return points.map(([x, y], i) => `${i ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
}

function summaryOf(curve: readonly CurvePoint[]): string {
  const tried = curve.findLast(({ evaluated }) => evaluated)?.evaluated;
  const { envSteps, meanReturn, sigma } = curve[curve.length - 1];
  const reached = tried?.success == null ? '' : `, ${Math.round(100 * tried.success)} % of held-out goals reached`;
  return `Learning curve: after ${integer(envSteps)} steps a return of ${compact(meanReturn)}, σ ${compact(sigma)}${reached}`;
}
