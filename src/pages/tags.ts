/** What a page says of itself, to people who find it and to programs that show a link to it. */
import { count, escaped } from '../report/format.ts';
import type { Learner } from '../train/learner.ts';

export interface Description {
  readonly title: string;
  readonly text: string;
  /** Address of a picture of 1200 x 630. */
  readonly picture?: string;
}

/** The page with its title, and tags for search and for previews (https://ogp.me). */
export function describedBy(html: string, { title, text, picture }: Description): string {
  const tag = (kind: 'name' | 'property', name: string, content: string) =>
    `    <meta ${kind}="${name}" content="${escaped(content)}" />`;
  const tags = [
    `<title>${escaped(title)}</title>`,
    tag('name', 'description', text),
    tag('property', 'og:type', 'website'),
    tag('property', 'og:title', title),
    tag('property', 'og:description', text),
    ...(picture === undefined
      ? []
      : [tag('property', 'og:image', picture), tag('name', 'twitter:card', 'summary_large_image')]),
  ].join('\n');
  return html.replace(/<title>[^<]*<\/title>/, () => tags);
}

/** What a policy is, and what to do with it. */
export function aboutPolicy({ env, training: { config }, progress }: Learner): string {
  const arm = env.scene.arm.model.name;
  const learned = `A ${arm} arm that learned ${config.env.env} by ${config.algorithm} in ${count(progress.envSteps)} steps.`;
  return `${learned} ${env.spec.markers.length ? 'Drag its goal, pull its links' : 'Pull its links'}, train another.`;
}
