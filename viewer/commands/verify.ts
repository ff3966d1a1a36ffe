/** Simulates the episode in view again, in this browser. Rapier is loaded when it is asked for. */
import { engineName } from '../../envs/env.ts';
import type { Difference } from '../../envs/recording/difference.ts';
import { html } from '../dom/elements.ts';
import { isShared } from '../files/recordings.ts';
import { seek } from '../state/player.ts';
import type { Moment } from '../state/state.ts';
import { type App, inGroup, isReplay } from './command.ts';
import { ownModules } from './own-modules.ts';

export const verifyCommands = inGroup('File', [
  {
    id: 'verify',
    title: 'Verify the episode: simulate it again and compare bit for bit',
    words: 'check genuine proof reproduce',
    keys: ['r'],
    icon: 'verify',
    when: (app) => isReplay(app) && !isShared(),
    run: verifyOrExplain,
  },
]);

/** Simulates the episode, or says who can, or that nobody does: code that came with a recording is never run here. */
function verifyOrExplain(app: App): void | Promise<void> {
  const moment = app.session.moment();
  const { engine } = moment?.recording.header ?? {};
  if (engine) {
    app.messages.tell(
      `The episode was simulated in ${engineName(engine)}`,
      'Only what Rapier simulated is simulated again here, and compared bit for bit: another engine has other numbers.',
    );
    return;
  }
  const own = moment && ownModules(moment.recording.header.env, moment.name);
  if (!own) return verifyEpisode(app);
  const { subject, isPlural, command } = own;
  app.messages.tell(
    `${subject[0].toUpperCase()}${subject.slice(1)} ${isPlural ? 'are defined in modules of their' : 'is defined in a module of its'} author’s`,
    `This page runs no code but its own, so it cannot simulate the episode again. The command line can, with ${isPlural ? 'those modules' : 'that module'}:`,
    html('code', 'command', command),
  );
}

function verifyEpisode(app: App): Promise<void> {
  const { session, task } = app;
  return task.run('The verification', async (signal, say) => {
    const moment = session.moment();
    if (!moment) return;
    const { recording, episode } = moment;
    say(`Simulating episode ${moment.player.episode + 1} again …`);
    const { verify } = await import('../verify/verify.ts');
    const difference = await verify(recording.header, episode, signal);
    if (difference) reportDifference(app, moment, difference);
    else reportGenuine(app, moment);
  });
}

function reportGenuine({ messages }: App, { player, episode }: Moment): void {
  messages.say(
    `Episode ${player.episode + 1} is genuine`,
    `Simulated again in this browser, all ${episode.steps} steps have the recorded bits: goal, observations, rewards and poses.`,
    'Whose policy it was, gamma, lambda and what the policy thought, the file alone says.',
  );
}

/** Marks the first difference on the timeline and goes there; one in the header has no place there. */
function reportDifference(
  { session, messages }: App,
  { ref }: Moment,
  { step, field, expected, found }: Difference,
): void {
  if (step === null) {
    messages.tell(
      'The file says something else than its environment',
      `${field}: recorded ${expected}, should be ${found}. It was changed, or made by another version of Armature.`,
    );
    return;
  }
  const label = `differs: ${field}`;
  session.update((state) => {
    const others = state.marks.filter((other) => other.file !== ref.file || other.episode !== ref.episode);
    return { ...state, marks: [...others, { ...ref, step, label }] };
  });
  session.change((player) => ({ ...seek(player, step, ref.episode), playing: false }));
  messages.say(
    `Episode ${ref.episode + 1} differs from step ${step} on`,
    `${field}: recorded ${expected}, simulated ${found}. It was changed, or simulated by another version of Armature.`,
  );
}
