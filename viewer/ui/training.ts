/** A slider over the iterations of a training, which shows the same episode at each. */
import type { Recording } from '../../envs/recording/header.ts';
import type { App } from '../commands/command.ts';
import { changeDetector } from '../derive/memo.ts';
import { byId, setText } from '../dom/elements.ts';
import { integer } from '../dom/format.ts';
import type { OfferedRecording } from '../files/recordings.ts';
import { type Snapshot, TrainingRun } from '../files/training.ts';
import { seek } from '../state/player.ts';
import type { Session } from '../state/session.ts';

/** @returns to be called with the recordings on offer */
export function trainingSlider({ root, session, messages }: App): (offered: readonly OfferedRecording[]) => void {
  const box = byId(root, 'training', HTMLElement);
  const slider = byId(root, 'iteration', HTMLInputElement);
  const note = byId(root, 'iteration-note', HTMLOutputElement);
  let runs: readonly TrainingRun[] = [];
  let run: TrainingRun | undefined;
  let wanted = -1;

  slider.addEventListener('input', async () => {
    const [shown, index] = [run, slider.valueAsNumber];
    if (!shown) return;
    wanted = index;
    try {
      const recording = await shown.load(index);
      if (run === shown && wanted === index) openInPlace(session, shown.snapshots[index].name, recording);
    } catch (reason) {
      messages.fail(shown.snapshots[index].name, reason, session.moment()?.name);
    }
  });

  const isNew = changeDetector();
  session.watch(({ name, recording }) => {
    if (!isNew(recording)) return;
    run = runs.find((other) => other.indexOf(name) >= 0);
    box.hidden = !run || run.snapshots.length < 2;
    if (!run) return;
    const index = run.indexOf(name);
    slider.max = String(run.snapshots.length - 1);
    slider.value = String(index);
    slider.style.setProperty('--share', String(index / Math.max(1, run.snapshots.length - 1)));
    const text = describe(run.snapshots[index], recording);
    setText(note, text);
    slider.setAttribute('aria-valuetext', text);
  });
  return (offered) => {
    runs = offered.filter((item) => item.training?.length).map((item) => new TrainingRun(item));
  };
}

/** Opens a recording at the episode and step in view; goes on playing. */
function openInPlace(session: Session, name: string, recording: Recording): void {
  const before = session.player;
  session.open(name, recording);
  if (!before) return;
  const { episode, position, playing } = before;
  session.change((player) => ({ ...seek(player, position, Math.min(episode, player.lengths.length - 1)), playing }));
}

function describe({ iteration }: Snapshot, { header, episodes }: Recording): string {
  const reached = episodes.filter(({ success }) => success).length;
  return [
    iteration === undefined ? 'final policy, other goals' : `iteration ${integer(iteration)}`,
    `${integer(header.policy.trainedSteps)} steps`,
    ...(header.spec.hasSuccess ? [`${reached} of ${episodes.length} reached`] : []),
  ].join(' · ');
}
