/** Where between the states that have come the drawing is; pure, so that time can be tested without a clock. */

/** Control steps that the drawing is behind the latest state: it is between two states that are known. */
const behind = 1;
/** Share of what it is off that it makes up for in a second. */
const pull = 4;

/**
 * The position after so many seconds: it goes on at the pace of the simulation and is drawn to where it should be, so that steps that
 * come early or late do not show.
 * @param position in control steps since the episode began
 * @param latest state that is known
 * @param rate control steps a second
 */
export function follow(position: number, latest: number, seconds: number, rate: number): number {
  const target = latest - behind / 2;
  // After a pause there is nothing to be smooth with.
  if (Math.abs(target - position) > 4) return Math.max(0, latest - behind);
  const moved = position + seconds * rate;
  const drawn = moved + (target - moved) * Math.min(1, pull * seconds);
  return Math.min(Math.max(drawn, position, 0), latest);
}
