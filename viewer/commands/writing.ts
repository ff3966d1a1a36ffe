/** What the moment in view has to say in a picture of it. */
import { byId } from '../dom/elements.ts';
import { compact, integer, reachedText, speedText } from '../dom/format.ts';
import type { Caption, Colors, Label, Writing } from '../export/caption.ts';
import type { Choice } from '../export/choice.ts';
import { palettes } from '../scene/palette.ts';
import { engineIn, ghostLetter, policyLabel, secondOf } from '../state/compare.ts';
import type { EpisodeView, Moment } from '../state/state.ts';
import type { App } from './command.ts';
import { trainingInView } from './film.ts';

/** What is chosen of all that can be written; the words of the caption are the caller's. */
export function writingOf(app: App, { caption, legend }: Choice, words: Caption | undefined): Writing {
  const moment = app.session.moment();
  const given = caption && words ? { caption: words } : {};
  if (!moment || !legend || moment.state.swarm)
    return { ...given, labels: [], panes: [], legends: [], keys: [], notes: [] };
  const { ghosts, state } = moment;
  const labels = ghosts.length > 0 ? labelsOf(app, moment) : [];
  const isSplit = state.arrange === 'split';
  return {
    ...given,
    labels: isSplit ? [] : labels,
    panes: isSplit ? labels.map(({ letter, text }, i) => (i > 0 ? `${letter} · ${text}` : text)) : [],
    ...app.stage.layers.annotations(state.hidden),
  };
}

/** The episode that plays, and its ghosts; of two policies beside each other, these. */
function labelsOf({ root }: App, moment: Moment): Label[] {
  const { accent, ghosts: colors } = palettes[root.dataset.theme === 'dark' ? 'dark' : 'light'];
  const views = [moment, ...moment.ghosts];
  const recordings = views.map(({ recording }) => recording);
  const policies = secondOf(moment) ? 2 : 0;
  const name = (view: EpisodeView) =>
    [
      `Episode ${view.ref.episode + 1}`,
      ...engineIn(view.recording, recordings),
      ...(view.ref.file === moment.ref.file ? [] : [view.name]),
    ].join(' · ');
  return views.map((view, i) => ({
    color: hex(i === 0 ? accent : colors[i - 1]),
    letter: i === 0 ? '▸' : ghostLetter(i - 1),
    text: i < policies ? policyLabel(view) : name(view),
  }));
}

/** The task; the iteration of the training, the return, whether the goal was reached, and how fast it is shown. */
export function episodeCaption(app: App, view: EpisodeView, isSwarm: boolean, speed?: number): Caption {
  const { header, episodes } = view.recording;
  const { iteration } = trainingInView(app)?.snapshots.find(({ name }) => name === view.name) ?? {};
  const { trainedSteps } = header.policy;
  const trained = iteration === undefined ? `${integer(trainedSteps)} steps` : `iteration ${integer(iteration)}`;
  const outcome = isSwarm ? reachedText(episodes) : view.episode.success ? 'reached' : 'missed';
  return {
    title: header.env.env,
    detail: [
      ...(trainedSteps > 0 || iteration !== undefined ? [trained] : []),
      ...(isSwarm ? [] : [`return ${compact(view.derived.returns[view.episode.steps])}`]),
      ...(header.spec.hasSuccess ? [outcome] : []),
      ...(speed === undefined ? [] : [`${speedText(speed)} speed`]),
    ].join(' · '),
  };
}

/** As the page has them in its theme. */
export function colorsOf({ root }: App): Colors {
  const { color: ink, fontFamily: font, backgroundColor: ground } = getComputedStyle(root);
  const { color: quiet } = getComputedStyle(byId(root, 'scale', HTMLElement));
  const { accent, policy } = palettes[root.dataset.theme === 'dark' ? 'dark' : 'light'];
  return { ink, quiet, ground, font, accent: hex(accent), policy: hex(policy) };
}

function hex(color: number): string {
  return `#${color.toString(16).padStart(6, '0')}`;
}
