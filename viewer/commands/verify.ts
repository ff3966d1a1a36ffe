/** Simulates the episode in view again, or all of them, in this browser. Rapier is loaded when it is asked for. */
import { engineName } from '../../envs/env.ts';
import type { Difference } from '../../envs/recording/difference.ts';
import { button, html } from '../dom/elements.ts';
import { integer } from '../dom/format.ts';
import { hasWorkers } from '../files/recordings.ts';
import { policyLabel } from '../state/compare.ts';
import { seek } from '../state/player.ts';
import type { Moment } from '../state/state.ts';
import { type App, inGroup, isReplay } from './command.ts';
import { ownModules, shellWord } from './own-modules.ts';

export const verifyCommands = inGroup('File', [
  {
    id: 'verify',
    title: 'Verify the episode: simulate it again and compare bit for bit',
    words: 'check genuine proof reproduce',
    keys: ['r'],
    icon: 'verify',
    when: isReplay,
    run: (app) => verifyOrExplain(app, verifyEpisode),
  },
  {
    id: 'verify-all',
    title: 'Verify all episodes: simulate them again and compare bit for bit',
    words: 'check genuine proof reproduce recording',
    keys: ['Shift+R'],
    when: isReplay,
    run: (app) => verifyOrExplain(app, verifyAll),
  },
]);

/** Simulates, or says who can, or that nobody does: code that came with a recording is never run here. */
function verifyOrExplain(app: App, verify: (app: App) => Promise<void>): void | Promise<void> {
  const moment = app.session.moment();
  if (moment && !hasWorkers()) {
    const { name } = moment;
    app.messages.tell(
      'A page in a file cannot simulate',
      'One file holds no simulator. The page that armature view serves has one, and so has the command line:',
      html('code', 'command', `armature verify ${shellWord(name)}`),
      'It takes the recording that this page was made from.',
    );
    return;
  }
  const { engine } = moment?.recording.header ?? {};
  if (engine) {
    app.messages.tell(
      `The episode was simulated in ${engineName(engine)}`,
      'Only what Rapier simulated is simulated again here, and compared bit for bit: another engine has other numbers.',
    );
    return;
  }
  const own = moment && ownModules(moment.recording.header.env, moment.name);
  if (!own) return verify(app);
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
    say(`Simulating episode ${moment.player.episode + 1} again …`);
    const { openVerifier } = await import('../verify/verify.ts');
    const verifier = await openVerifier(moment.recording.header, signal);
    try {
      const difference = await verifier.verify(moment.episode);
      if (session.state.file !== moment.ref.file) return;
      setVerdicts(app, moment, [[moment.ref.episode, difference === null]]);
      if (difference) reportDifference(app, moment, difference);
      else reportGenuine(app, moment);
    } finally {
      verifier.close();
    }
  });
}

/** Seconds between two looks at how far it is. */
const lookEvery = 0.25;

/** Goes on after an episode that differs, and to the first one of these in the end. What was verified before a stop stays so. */
function verifyAll(app: App): Promise<void> {
  const { session, task } = app;
  return task.run('The verification', async (signal, say) => {
    const moment = session.moment();
    if (!moment) return;
    const { header, episodes } = moment.recording;
    say(`Simulating ${integer(episodes.length)} episodes again …`);
    const { openVerifier } = await import('../verify/verify.ts');
    const verifier = await openVerifier(header, signal);
    const differing: [episode: number, Difference][] = [];
    let fresh: [number, boolean][] = [];
    let looked = performance.now();
    const tell = () => {
      setVerdicts(app, moment, fresh);
      fresh = [];
      looked = performance.now();
    };
    try {
      for (const [i, episode] of episodes.entries()) {
        const difference = await verifier.verify(episode);
        if (session.state.file !== moment.ref.file) return;
        fresh.push([i, difference === null]);
        if (difference) differing.push([i, difference]);
        if (performance.now() - looked < 1000 * lookEvery) continue;
        tell();
        say(
          `Simulating ${integer(episodes.length)} episodes again …`,
          `${integer(i + 1)} done, ${integer(differing.length)} differ.`,
        );
      }
    } finally {
      verifier.close();
      tell();
    }
    reportAll(app, moment, differing);
  });
}

/** Keeps what came of a simulation, for as long as its file is in view. */
function setVerdicts({ session }: App, { ref }: Moment, found: readonly (readonly [number, boolean])[]): void {
  session.update((state) =>
    state.file === ref.file && found.length > 0
      ? { ...state, verdicts: new Map([...state.verdicts, ...found]) }
      : state,
  );
}

function reportAll(app: App, moment: Moment, differing: readonly (readonly [number, Difference])[]): void {
  const { episodes } = moment.recording;
  const [first] = differing;
  if (!first) {
    app.messages.answer(
      `All ${integer(episodes.length)} episodes are genuine`,
      'Simulated again in this browser, every step has the recorded bits: goal, observations, rewards and poses.',
      claims,
    );
    return;
  }
  const [episode, difference] = first;
  const title = `${integer(differing.length)} of ${integer(episodes.length)} episodes differ`;
  reportDifference(app, { ...moment, ref: { ...moment.ref, episode } }, difference, title);
}

/** What no simulation can tell. */
const claims =
  'Not checked, since nothing simulates them: the name of the policy, gamma and lambda, and the values that the policy gave.';

function reportGenuine(app: App, moment: Moment): void {
  const { player, episode, recording, state } = moment;
  const whose = state.beside === undefined ? '' : ` of ${policyLabel(moment)}`;
  const others = recording.episodes.length;
  const all = button('button', () => void verifyOrExplain(app, verifyAll), `Verify all ${integer(others)}`);
  app.messages.answer(
    `Episode ${player.episode + 1}${whose} is genuine`,
    `Simulated again in this browser, all ${episode.steps} steps have the recorded bits: goal, observations, rewards and poses.`,
    claims,
    ...(others > 1 ? [all] : []),
  );
}

/** Marks the first difference on the timeline and goes there; one in the header has no place there. */
function reportDifference(
  { session, messages }: App,
  { ref }: Moment,
  { step, field, expected, found }: Difference,
  title?: string,
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
  const where = `Episode ${ref.episode + 1} differs from step ${step} on`;
  messages.warn(
    title ?? where,
    ...(title ? [`${where}.`] : []),
    `${field}: recorded ${expected}, simulated ${found}. It was changed, or simulated by another version of Armature.`,
  );
}
