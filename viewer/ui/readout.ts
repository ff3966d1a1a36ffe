import { advantages } from '../derive/advantage.ts';
import { entropy } from '../derive/entropy.ts';
import { memo } from '../derive/memo.ts';
import type { Session } from '../state/session.ts';
import type { Moment } from '../state/types.ts';
import { html, need, write } from './dom.ts';
import { compact, fixed } from './format.ts';

const advantagesOf = memo(advantages);

interface Row {
  readonly label: string;
  readonly title: string;
  readonly unit?: string;
  readonly value: (moment: Moment) => string;
}

/** The number of a step; the last state takes none. */
function ofStep(read: (moment: Moment) => ArrayLike<number>): Row['value'] {
  return (moment) => (moment.step < moment.episode.steps ? compact(read(moment)[moment.step]) : '–');
}

const rows: readonly Row[] = [
  {
    label: 'Distance',
    title: 'from the tip to the goal',
    unit: 'cm',
    value: ({ derived, step }) => fixed(100 * derived.distance[step], 1),
  },
  {
    label: 'Reward',
    title: 'r(s, a) of the action taken at this step; none at the last state',
    value: ofStep(({ episode }) => episode.reward),
  },
  {
    label: 'Return',
    title: 'sum of the rewards before this step',
    value: ({ derived, step }) => compact(derived.returns[step]),
  },
  {
    label: 'Value',
    title: 'V(s), what the baseline expects from here; none where the recording holds none',
    value: ({ episode, step }) => compact(episode.value[step]),
  },
  {
    label: 'Advantage',
    title: 'how much better this action turned out than V(s), with the recorded gamma and lambda',
    value: ofStep(({ episode, recording }) => advantagesOf(episode, recording.header)),
  },
  {
    label: 'Log prob.',
    title: 'log π(a | s), how likely the sampled action was',
    value: ofStep(({ episode }) => episode.logp),
  },
  {
    label: 'Entropy',
    title: 'of the action at this step, in nats: how undecided the policy is',
    value: ({ episode, step, recording }) =>
      compact(entropy(episode, Math.min(step, episode.steps - 1), recording.header.policy.squashed)),
  },
  { label: 'Clipped', title: 'components of the sampled action beyond their bounds', value: clipped },
];

/** Components of the action beyond their bounds, of how many. */
function clipped({ episode, step, recording }: Moment): string {
  const fields = recording.header.spec.act.flatMap((field) => Array<typeof field>(field.size).fill(field));
  const from = Math.min(step, episode.steps - 1) * fields.length;
  const beyond = fields.filter(({ low = -Infinity, high = Infinity }, i) => {
    const a = episode.act[from + i];
    return a < low || a > high;
  });
  return `${beyond.length}/${fields.length}`;
}

function described({ recording, derived, step, episode, reached, ghosts }: Moment): string {
  const place = reached ? 'within the goal' : `${fixed(100 * derived.distance[step], 1)} cm from the goal`;
  const company = ghosts.length > 0 ? `, with ${ghosts.length} compared` : '';
  return `The ${recording.header.scene.arm} arm at step ${step} of ${episode.steps}, ${place}${company}`;
}

/** The numbers of the step in view. */
export function readout(session: Session): void {
  const root = need('readout', HTMLElement);
  const badge = need('badge', HTMLElement);
  const cells = rows.map(({ label, title, value, unit = '' }) => {
    const text = html('span');
    const term = html('dt', '', label);
    term.title = title;
    root.append(html('div', '', term, html('dd', '', text, html('small', '', unit))));
    return { text, value };
  });
  const canvas = need('canvas', HTMLCanvasElement);
  session.watch((moment) => {
    for (const { text, value } of cells) write(text, value(moment));
    badge.hidden = !moment.reached;
    // What the picture shows, for those who do not see it; at rest, since it would never end while it plays.
    if (!moment.player.playing) canvas.setAttribute('aria-label', described(moment));
  });
}
