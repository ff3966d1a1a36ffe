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
  const follower = new Follower(app, opener);
  const badge = liveBadge(app, () => void follower.goToNewest());
  const source = new EventSource('api/changes');
  closed.addEventListener('abort', () => source.close());
  source.addEventListener('message', ({ data }: MessageEvent<string>) => {
    const news = readNews(data);
    follower.hear(news).catch((reason: unknown) => messages.fail('What is new', reason));
    if (isGoing(news)) return;
    source.close();
    badge.remove();
    messages.say('The training has ended', 'The rollouts of its final policy are under Final policy.');
  });
  const showBadge = () => {
    const name = session.moment()?.name;
    const place = placeOf(name, opener.offered);
    badge.hidden = !isReplay(app) || !place?.run.going || session.state.film !== undefined;
    if (badge.hidden) return;
    const isFollowed = place?.isNewest || name === follower.followed;
    setText(badge, isFollowed ? 'live' : 'live · go to the newest');
    badge.setAttribute('aria-pressed', String(isFollowed));
  };
  session.watchState(() => {
    follower.see();
    showBadge();
  }, closed);
}

/** Keeps the newest recording of a training in view for whoever looks at that, and at no earlier one. */
class Follower {
  /** Name of the recording in view, or of the last one, that was the newest when it was asked for. */
  followed: string | undefined;
  readonly #app: App;
  readonly #opener: Opener;
  /** What was heard last, and is still to be taken in. */
  #news: News | undefined;
  #isBusy = false;
  /** Whether the newest is to come into view first: where no link names another one. */
  #isAwaited: boolean;

  constructor(app: App, opener: Opener) {
    this.#app = app;
    this.#opener = opener;
    this.#isAwaited = !app.session.moment() && !location.hash.includes('file=');
    this.see();
  }

  /** Takes in what there is by now; what came in between is skipped. */
  async hear(news: News): Promise<void> {
    this.#news = news;
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (let next = this.#next(); next; next = this.#next()) await this.#take(next);
    } finally {
      this.#isBusy = false;
    }
  }

  /** Looks at what is in view. */
  see(): void {
    const name = this.#app.session.moment()?.name;
    const place = placeOf(name, this.#opener.offered);
    if (!name) return;
    if (place?.isNewest || this.#isAwaited) this.followed = name;
    this.#isAwaited = false;
  }

  /** Shows the newest recording of the training in view, in place of the one before. */
  async goToNewest(): Promise<void> {
    const { session } = this.#app;
    const name = session.moment()?.name;
    const place = placeOf(name, this.#opener.offered);
    const newest = place && newestOf(place.run, this.#opener.offered);
    if (!newest || newest.name === name) return;
    const recording = await fetchRecording(newest);
    // Another one was opened meanwhile.
    if (session.moment()?.name !== name) return;
    this.followed = newest.name;
    openInPlace(session, newest.name, recording);
  }

  #next(): News | undefined {
    const next = this.#news;
    this.#news = undefined;
    return next;
  }

  async #take(news: News): Promise<void> {
    const { recordings, waiting } = news;
    const { session, messages } = this.#app;
    this.#opener.offer(recordings);
    const [first] = recordings;
    const name = session.moment()?.name;
    if (this.#isAwaited && first) await this.#opener.follow({ file: first.name });
    else if (this.#isAwaited) messages.busy(`Waiting for the first recording of ${waiting.join(', ')} …`);
    // Who looks at an earlier policy, or plays the film of all of them, goes on with that.
    const isFollowed = name !== undefined && name === this.followed && isReplay(this.#app) && !session.state.film;
    if (isFollowed) {
      await this.goToNewest().catch((reason: unknown) => {
        // Where recordings are thinned out it may be gone by now; there will be a newer one.
        if (!isGoing(news)) throw reason;
      });
    }
    // The slider has more stops, whatever is in view.
    session.update((state) => ({ ...state }));
  }
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
