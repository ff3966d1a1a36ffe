/**
 * Follows trainings that go on: what they record is on offer as soon as it is written, and whoever looks at the newest of it is shown
 * what is newer. A module of its own, loaded where a training goes on.
 */
import { type App, isReplay } from '../commands/command.ts';
import { button, setText } from '../dom/elements.ts';
import { fetchRecording } from '../files/recordings.ts';
import type { Opener } from '../ui/open.ts';
import { openInPlace } from '../ui/training.ts';
import styles from './follow.css?inline';
import { isGoing, type News, newestOf, placeOf, readNews } from './news.ts';

export function follow(app: App, opener: Opener): void {
  const { session, messages, closed } = app;
  const badge = liveBadge(app, () => void goToNewest(app, opener));
  const source = new EventSource('api/changes');
  closed.addEventListener('abort', () => source.close());
  source.addEventListener('message', ({ data }: MessageEvent<string>) => {
    const news = readNews(data);
    void take(app, opener, news).catch((reason: unknown) => messages.fail('What is new', reason));
    if (isGoing(news)) return;
    source.close();
    badge.remove();
    messages.say('The training has ended', 'The rollouts of its final policy are under Final policy.');
  });
  const showBadge = () => {
    const place = placeOf(session.moment()?.name, opener.offered);
    badge.hidden = !isReplay(app) || !place?.run.going || session.state.film !== undefined;
    if (badge.hidden) return;
    setText(badge, place?.isNewest ? 'live' : 'live · go to the newest');
    badge.setAttribute('aria-pressed', String(place?.isNewest));
  };
  session.watchState(showBadge, closed);
}

async function take(app: App, opener: Opener, { recordings, waiting }: News): Promise<void> {
  const { session, messages } = app;
  const name = session.moment()?.name;
  const before = placeOf(name, opener.offered);
  opener.offer(recordings);
  const [first] = recordings;
  if (name === undefined) {
    if (first) await opener.follow({ file: first.name });
    else if (waiting.length) messages.busy(`Waiting for the first recording of ${waiting.join(', ')} …`);
    return;
  }
  // Who looks at an earlier policy, or plays the film of all of them, goes on with that.
  if (before?.isNewest && isReplay(app) && !session.state.film) await goToNewest(app, opener);
  // The slider has more stops, whatever is in view.
  session.update((state) => ({ ...state }));
}

/** Shows the newest recording of the training in view, in place of the one before. */
async function goToNewest(app: App, opener: Opener): Promise<void> {
  const { session } = app;
  const name = session.moment()?.name;
  const place = placeOf(name, opener.offered);
  const newest = place && newestOf(place.run, opener.offered);
  if (!newest || newest.name === name) return;
  const recording = await fetchRecording(newest);
  // Another one was opened meanwhile.
  if (session.moment()?.name === name) openInPlace(session, newest.name, recording);
}

function liveBadge({ root }: App, onClick: () => void): HTMLButtonElement {
  const badge = button('follow-badge', onClick);
  badge.hidden = true;
  badge.title = 'This training goes on: what it records appears here as it is written';
  const tree = root.getRootNode() as ShadowRoot;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  tree.adoptedStyleSheets = [...tree.adoptedStyleSheets, sheet];
  root.querySelector('.stage')?.append(badge);
  return badge;
}
