import { accessSync, constants } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const wellKnown = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * WebGL is drawn by the processor, and the page around it as browsers do it where there is no graphics card: through WebGL's own
 * renderer a frame of the page would take ten times as long. No traffic of the browser's own.
 */
const flags = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-gpu-compositing',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A headless Chromium, with further flags. Fails where there is none: a browser test that is skipped proves nothing. */
export function launch(...more: readonly string[]): Promise<Browser> {
  return chromium.launch({ executablePath: executable(), headless: true, args: [...flags, ...more] });
}

/** The same as a reader's: Playwright's own does not slow down what is hidden. */
export function launchLikeAReaders(): Promise<Browser> {
  const ignoreDefaultArgs = [
    '--disable-background-timer-throttling',
    '--disable-backgrounding-occluded-windows',
    '--disable-renderer-backgrounding',
  ];
  return chromium.launch({ executablePath: executable(), headless: true, args: flags, ignoreDefaultArgs });
}

function executable(): string {
  const { CHROME_PATH: chosen } = process.env;
  const found = (chosen ? [chosen] : wellKnown).find(isExecutable);
  if (found) return found;
  const looked = chosen ? `CHROME_PATH, ${chosen}, is no executable file` : 'none of the well-known paths holds one';
  throw new Error(`no Chromium for the browser tests (${looked}): apt-get install chromium, or set CHROME_PATH`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
