/** The first page of a site: what it has to show, with a picture of each. */
import { count, escaped, size } from '../report/format.ts';

/** A policy as the gallery shows it. */
export interface Shown {
  /** Of its folder. */
  readonly name: string;
  readonly task: string;
  readonly arm: string;
  readonly algorithm: string;
  /** What the arm is to do. */
  readonly about: string;
  readonly trainedSteps: number;
  /** Share of goals that it reaches; null where there is nothing to reach. */
  readonly success: number | null;
  readonly meanReturn: number;
  readonly goals: number;
  /** Of the policy's file. */
  readonly bytes: number;
}

/** What a gallery says of itself. */
export interface Gallery {
  readonly title: string;
  readonly intro: string;
  readonly shown: readonly Shown[];
  /** File of the Latin letters of the typeface, within the site. */
  readonly typeface?: string;
}

export function galleryHtml({ title, intro, shown }: Gallery): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self'; style-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${escaped(title)}</title>
    <link rel="icon" href="./icon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="./gallery.css" />
  </head>
  <body>
    <header class="top">
      <p class="brand">${mark}<span>Armature</span></p>
      <a class="button" href="./train/">Train one in this tab</a>
    </header>
    <main>
      <h1>${escaped(title)}</h1>
      <p class="intro">${escaped(intro)}</p>
      <ul class="cards">
${shown.map(card).join('\n')}
      </ul>
    </main>
    <footer>
      <p>Everything runs in this browser: simulation, policy and training. Nothing is sent anywhere.</p>
      <p>To have one in a page of yours: <code>&lt;iframe src="${escaped(shown[0]?.name ?? '')}/?embed" width="480" height="270"&gt;</code></p>
    </footer>
  </body>
</html>
`;
}

const mark =
  '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M5 20V13L12 5l6.5 5" /><circle cx="5" cy="13" r="2" /><circle cx="12" cy="5" r="2" /><circle class="tip" cx="18.5" cy="10" r="2.25" /></svg>';

function card({ name, task, arm, algorithm, about, trainedSteps, success, meanReturn, goals, bytes }: Shown): string {
  const figure =
    success === null
      ? `<b>${meanReturn.toFixed(2).replace('-', '−')}</b> mean return of ${goals} episodes`
      : `<b>${Math.round(100 * success)} %</b> of ${goals} goals reached`;
  return `        <li class="card">
          <a href="./${name}/">
            <img src="./${name}/picture.png" width="640" height="400" alt="" loading="lazy" />
            <h2>${escaped(task)} <span>${escaped(arm)}</span></h2>
          </a>
          <p>${escaped(about)}</p>
          <p class="figure">${figure}</p>
          <p class="small">${escaped(algorithm)}, ${count(trainedSteps)} steps; policy of ${size(bytes)}</p>
        </li>`;
}
