import type { App } from '../commands/command.ts';
import { shownDynamics } from '../derive/dynamics.ts';
import { changeDetector } from '../derive/memo.ts';
import { byId, html } from '../dom/elements.ts';

/** What was drawn of the physics for the episode in view; nothing where nothing is drawn. */
export function dynamics({ root, session }: App): void {
  const section = byId(root, 'world', HTMLElement);
  const list = byId(root, 'dynamics', HTMLElement);
  const isNew = changeDetector();
  session.watch(({ recording, episode }) => {
    // Of an episode that goes on there is another object at each step, with the same numbers.
    if (!isNew(recording, episode.dynamics)) return;
    const fields = recording.header.spec.dynamics;
    section.hidden = fields.length === 0;
    const cells = fields.map((field, i) => {
      const { label, text, unit = '' } = shownDynamics(field, episode.dynamics[i]);
      const term = html('dt', '', label);
      const range = field.low === field.high ? '' : `, drawn from ${field.low} to ${field.high} ${field.unit}`;
      term.title = `${field.name}: ${field.description}${range.replace(/ 1$/, '')}`;
      return html('div', '', term, html('dd', '', text, html('small', '', unit)));
    });
    list.replaceChildren(...cells);
  });
}
