import { engineName } from '../../envs/env.ts';
import type { App } from '../commands/command.ts';
import { advantages } from '../derive/episode.ts';
import { changeDetector, memo } from '../derive/memo.ts';
import { outcomeOf } from '../derive/outcome.ts';
import { actionComponents, actorName, creditOf, entropy, isClipped, originOf } from '../derive/policy.ts';
import { byId, html, setText } from '../dom/elements.ts';
import { compact, fixed } from '../dom/format.ts';
import type { Moment } from '../state/state.ts';

/** Title and policy of the recording. */
export function about({ root, session }: App): void {
  const title = byId(root, 'env', HTMLElement);
  const policy = byId(root, 'policy', HTMLElement);
  const isNew = changeDetector();
  session.watch(({ recording }) => {
    if (!isNew(recording)) return;
    const { engine, env, scene, policy: actor, spec } = recording.header;
    setText(title, env.env);
    const rate = `${Number((1 / spec.dt).toFixed(2))} Hz`;
    const simulated = [scene.arm.model.name, rate, ...(engine ? [engineName(engine)] : [])].join(', ');
    setText(policy, `${actorName(actor)} · ${simulated}`);
    policy.title = actor.name;
  });
}

const advantagesOf = memo(advantages);

interface Row {
  readonly label: string;
  readonly title: string;
  readonly value: (moment: Moment) => string;
  readonly unit?: string;
}

function row(label: string, title: string, value: Row['value'], unit?: string): Row {
  return { label, title, value, unit };
}

/** The number of a step; the last state has none. */
function ofStep(read: (moment: Moment) => ArrayLike<number>): Row['value'] {
  return (moment) => (moment.step < moment.episode.steps ? compact(read(moment)[moment.step]) : '–');
}

const rows: readonly Row[] = [
  row('Distance', 'from the tip to the goal', ({ derived, step }) => fixed(100 * derived.distance[step], 1), 'cm'),
  row(
    'Reward',
    'r(s, a) of the action taken at this step; none at the last state',
    ofStep(({ episode }) => episode.reward),
  ),
  row('Return', 'sum of the rewards before this step', ({ derived, step }) => compact(derived.returns[step])),
  row('Value', 'V(s), what the baseline expects from here; none where the recording holds none', ({ episode, step }) =>
    compact(episode.value[step]),
  ),
  row(
    'Advantage',
    'how much better this action turned out than what the baseline expected',
    ofStep(({ episode, recording }) => advantagesOf(episode, recording.header)),
  ),
  row(
    'Log prob.',
    'log π(a | s), how likely the action was; none of a controller, which has one action only',
    logProbability,
  ),
  row('Entropy', 'of the action at this step, in nats: how undecided the policy is; none of a controller', entropyOf),
  row('Clipped', 'components of the action beyond their bounds', clipped),
];

/** Of what has no spread there is neither a density nor an entropy. */
function logProbability({ episode, step }: Moment): string {
  return step < episode.steps && originOf(episode, step) !== 'controlled' ? compact(episode.logp[step]) : '–';
}

function entropyOf({ episode, step, recording }: Moment): string {
  if (originOf(episode, Math.min(step, episode.steps - 1)) === 'controlled') return '–';
  return compact(entropy(episode, Math.min(step, episode.steps - 1), recording.header.policy.squashed));
}

/** Components of the action beyond their bounds, of how many. */
function clipped({ episode, step, recording }: Moment): string {
  const components = actionComponents(recording.header);
  const from = Math.min(step, episode.steps - 1) * components.length;
  const beyond = components.filter(({ field }, i) => isClipped(episode.act[from + i], field));
  return `${beyond.length}/${components.length}`;
}

function describe({ recording, derived, step, episode, reached, ghosts }: Moment): string {
  const place = reached ? 'within the goal' : `${fixed(100 * derived.distance[step], 1)} cm from the goal`;
  const compared = ghosts.length > 0 ? `, with ${ghosts.length} compared` : '';
  return `The ${recording.header.scene.arm.model.name} arm at step ${step} of ${episode.steps}, ${place}${compared}`;
}

/** The numbers of the step in view. */
export function readout({ root, session }: App): void {
  const list = byId(root, 'readout', HTMLElement);
  const [badge, outcome] = ['badge', 'outcome'].map((id) => byId(root, id, HTMLElement));
  const cells = rows.map(({ label, title, value, unit = '' }) => {
    const text = html('span');
    const term = html('dt', '', label);
    term.title = title;
    list.append(html('div', '', term, html('dd', '', text, html('small', '', unit))));
    return { label, term, text, value };
  });
  const advantage = cells.find(({ label }) => label === 'Advantage');
  const isNew = changeDetector();
  const canvas = byId(root, 'canvas', HTMLCanvasElement);
  session.watch((moment) => {
    if (isNew(moment.recording) && advantage) advantage.term.title = creditOf(moment.recording.header);
    for (const { text, value } of cells) setText(text, value(moment));
    badge.hidden = !moment.reached;
    const { episode, recording, derived, state } = moment;
    // What is live has not ended.
    outcome.hidden = state.isLive === true || !recording.header.spec.hasSuccess;
    if (!outcome.hidden) setText(outcome, outcomeOf(episode, recording.header, derived));
    // The picture in words, for screen readers; only at rest, or the words would change with every frame.
    if (!moment.player.playing && !state.isLive) canvas.setAttribute('aria-label', describe(moment));
  });
}
