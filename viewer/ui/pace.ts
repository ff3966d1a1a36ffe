import type { Session } from '../state/session.ts';
import { need, write } from './dom.ts';

/** Seconds over which the pace is averaged. */
const span = 1;
/** A shortfall below this is noise. */
const worthSaying = 0.9;

/**
 * Says how fast a replay really runs where the machine falls short of the chosen speed.
 * @returns to be told of every frame: seconds by the clock, and seconds that the replay moved on by
 */
export function pace(session: Session): (real: number, replayed: number) => void {
  const element = need('achieved', HTMLElement);
  let [passed, moved] = [0, 0];
  session.watchState(({ player }) => {
    if (!player?.playing) element.hidden = true;
  });
  return (real, replayed) => {
    passed += real;
    moved += replayed;
    if (passed < span) return;
    const share = moved / passed;
    element.hidden = share >= worthSaying;
    const { speed = 1 } = session.player ?? {};
    write(element, `${Number((speed * share).toPrecision(2))}× achieved`);
    [passed, moved] = [0, 0];
  };
}
