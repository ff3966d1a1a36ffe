/** What the pointer does on the timeline: seeks, selects a stretch to loop, and shows what a press would show. */
import type { Trajectory } from '../../envs/trajectory.ts';
import { html, setText } from '../dom/elements.ts';
import { compact, fixed } from '../dom/format.ts';
import { clampToEpisode } from '../state/compare.ts';
import { clearSelection, seek, select, spanOf } from '../state/player.ts';
import type { Session } from '../state/session.ts';

function stepUnder(session: Session, lane: HTMLElement, { clientX }: PointerEvent): number {
  const { left, width } = lane.getBoundingClientRect();
  const { from, to } = session.player ? spanOf(session.player) : { from: 0, to: 0 };
  return Math.min(Math.max(Math.round(from + ((clientX - left) / width) * (to - from)), from), to);
}

/** Pressing or dragging along the lane seeks. */
export function scrub(session: Session, lane: HTMLElement): void {
  const seekTo = (event: PointerEvent) => session.change((player) => seek(player, stepUnder(session, lane, event)));
  lane.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    lane.setPointerCapture(event.pointerId);
    session.hover();
    seekTo(event);
  });
  lane.addEventListener('pointermove', (event) => {
    if (lane.hasPointerCapture(event.pointerId)) seekTo(event);
    else if (event.pointerType === 'mouse') session.hover(stepUnder(session, lane, event));
  });
  lane.addEventListener('pointerleave', () => session.hover());
}

/** Dragging along the ruler selects; pressing the ruler clears the selection. */
export function selectOnRuler(session: Session, ruler: HTMLElement): void {
  let from = 0;
  ruler.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    ruler.setPointerCapture(event.pointerId);
    from = stepUnder(session, ruler, event);
    session.change(clearSelection);
  });
  ruler.addEventListener('pointermove', (event) => {
    if (!ruler.hasPointerCapture(event.pointerId)) return;
    const to = stepUnder(session, ruler, event);
    session.change((player) => select(player, from, to));
  });
}

/** A tooltip over the timeline at the state under the pointer. */
export function peek(session: Session, box: HTMLElement): void {
  const parts = [0, 1, 2].map(() => html('span'));
  box.append(...parts);
  session.watch(({ state, episode, derived, player }) => {
    const { hover } = state;
    box.hidden = hover === undefined;
    if (hover === undefined) return;
    const { from, to } = spanOf(player);
    const distance = derived.distance[clampToEpisode(hover, episode)];
    const texts = [`${fixed(hover * player.dt, 2)} s`, `${fixed(100 * distance, 1)} cm`, rewardText(hover, episode)];
    for (const [i, part] of parts.entries()) setText(part, texts[i]);
    box.style.left = `clamp(90px, ${(100 * (hover - from)) / (to - from)}%, calc(100% - 90px))`;
  });
}

function rewardText(step: number, { steps, reward }: Trajectory): string {
  if (step < 0) return 'not begun';
  if (step < steps) return `reward ${compact(reward[step])}`;
  return step === steps ? 'last state' : 'over';
}
