/** Watch it learn: a slider over the iterations of a training, with the same episode at each. */
import type { Recording } from '../../envs/recording/types.ts';
import type { App } from '../actions/types.ts';
import type { Served } from '../files.ts';
import { seek } from '../state/player.ts';
import type { Session } from '../state/session.ts';
import { type Stop, Training } from '../training.ts';
import { need, write } from './dom.ts';
import { whole } from './format.ts';

/** @returns what to tell of the recordings on offer */
export function training({ session, messages }: App): (offered: readonly Served[]) => void {
  const box = need('training', HTMLElement);
  const slider = need('iteration', HTMLInputElement);
  const note = need('iteration-note', HTMLOutputElement);
  let runs: readonly Training[] = [];
  let run: Training | undefined;
  let wanted = -1;

  slider.addEventListener('input', async () => {
    const [shown, index] = [run, slider.valueAsNumber];
    if (!shown) return;
    wanted = index;
    try {
      const recording = await shown.load(index);
      if (run === shown && wanted === index) show(session, shown.stops[index].name, recording);
    } catch (reason) {
      messages.fail(shown.stops[index].name, reason, session.moment()?.name);
    }
  });

  let told: unknown;
  session.watch(({ name, recording }) => {
    if (told === recording) return;
    told = recording;
    run = runs.find((one) => one.indexOf(name) >= 0);
    box.hidden = !run || run.stops.length < 2;
    if (!run) return;
    const index = run.indexOf(name);
    slider.max = String(run.stops.length - 1);
    slider.value = String(index);
    slider.style.setProperty('--share', String(index / Math.max(1, run.stops.length - 1)));
    const text = describe(run.stops[index], recording);
    write(note, text);
    slider.setAttribute('aria-valuetext', text);
  });
  return (offered) => {
    runs = offered.filter((item) => item.training?.length).map((item) => new Training(item));
  };
}

/** Opens it at the episode and step in view, playing on if it was. */
function show(session: Session, name: string, recording: Recording): void {
  const before = session.player;
  session.open(name, recording);
  if (!before) return;
  const { episode, position, playing } = before;
  session.change((player) => ({ ...seek(player, position, Math.min(episode, player.lengths.length - 1)), playing }));
}

function describe({ iteration }: Stop, { header, episodes }: Recording): string {
  const reached = episodes.filter(({ success }) => success).length;
  return [
    iteration === undefined ? 'final policy, other goals' : `iteration ${whole(iteration)}`,
    `${whole(header.policy.trainedSteps)} steps`,
    ...(header.scene.goalRadius > 0 ? [`${reached} of ${episodes.length} reached`] : []),
  ].join(' · ');
}
