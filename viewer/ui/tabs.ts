import { need } from './dom.ts';
import { segments } from './segments.ts';

const panels = [
  ['policy', 'Policy'],
  ['plots', 'Plots'],
  ['episodes', 'Episodes'],
] as const;

type Panel = (typeof panels)[number][0];

/** Which panel is in view where there is room for one only. */
export function tabs(): void {
  const root = need('tabs', HTMLElement);
  const { element, choose } = segments<Panel>('Panel', panels, (panel) => {
    document.body.dataset.panel = panel;
  });
  root.replaceChildren(...element.children);
  const update = () => choose((document.body.dataset.panel as Panel | undefined) ?? 'policy');
  new MutationObserver(update).observe(document.body, { attributeFilter: ['data-panel'] });
  update();
}
