/** What runs in the page that is measured, as text. */
import { drawCalls } from '../browser/page.ts';

const tree = `document.querySelector('#viewer > div').shadowRoot`;

/** Counts the frames in which something was drawn: `window.drawn`. */
export const framesDrawn = `
  window.drawn = 0;
  let isDrawn = false;
  for (const name of ${drawCalls}) {
    const own = WebGL2RenderingContext.prototype[name];
    WebGL2RenderingContext.prototype[name] = function (...args) {
      if (!isDrawn) {
        isDrawn = true;
        window.drawn++;
        queueMicrotask(() => { isDrawn = false; });
      }
      return own.apply(this, args);
    };
  }
`;

/** Trains by the form as it stands, until solved. */
export const trainToSolved = `new Promise((resolve, reject) => {
  const panel = ${tree}.querySelector('.train-panel');
  const [begun, drawn] = [performance.now(), window.drawn];
  panel.querySelector('.start .primary').click();
  const looking = setInterval(() => {
    const text = panel.textContent;
    if (/All steps are spent|failed/i.test(text)) reject(new Error('the page did not solve it'));
    if (!/Solved after/.test(text)) return;
    clearInterval(looking);
    resolve({ seconds: (performance.now() - begun) / 1000, frames: window.drawn - drawn });
  }, 5);
})`;

/**
 * Notes when each control step came from the worker that acts (`window.steps`, ms), when the arm first moved (`window.moved`), and
 * how many steps after a goal that a hand moved the first was made with it (`window.answered`). What steps are taken in by, numbers and
 * plots included, and frames are drawn by, is added up in `window.work`, ms.
 */
export const stepsAndInputs = `
  window.steps = [];
  window.answered = [];
  let asked;
  const heard = new WeakSet();
  const post = Worker.prototype.postMessage;
  const hear = ({ data }) => {
    if (data?.type !== 'stepped') return;
    window.steps.push(performance.now());
    if (data.t > 0) window.moved ??= performance.now();
    if (asked !== undefined && data.disturbances.some(({ kind }) => kind === 'param')) {
      window.answered.push(window.steps.length - asked);
      asked = undefined;
    }
  };
  const listen = Worker.prototype.addEventListener;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (!heard.has(this)) listen.call(this, 'message', hear);
    heard.add(this);
    if (message?.type === 'control' && message.control.goal) asked = window.steps.length;
    return post.call(this, message, ...rest);
  };
  window.work = { steps: 0, taking: 0, frames: 0, drawing: 0 };
  Worker.prototype.addEventListener = function (type, listener, ...rest) {
    return listen.call(this, type, (event) => {
      const begun = performance.now();
      listener(event);
      if (event.data?.type !== 'stepped') return;
      window.work.steps++;
      window.work.taking += performance.now() - begun;
    }, ...rest);
  };
  const frame = window.requestAnimationFrame;
  window.requestAnimationFrame = (callback) => frame.call(window, (now) => {
    const begun = performance.now();
    callback(now);
    window.work.frames++;
    window.work.drawing += performance.now() - begun;
  });
  window.paceOf = (from) => {
    const times = window.steps.slice(from);
    return (1000 * (times.length - 1)) / (times.at(-1) - times[0]);
  };
`;

/** Notes when a file was chosen, and when it was in view: `window.chosenAt`, `window.openedAt`, ms. */
export const opening = `(() => {
  const tree = ${tree};
  tree.getElementById('picker').addEventListener('change', () => { window.chosenAt = performance.now(); }, { capture: true });
  new MutationObserver(() => { window.openedAt ??= performance.now(); })
    .observe(tree.getElementById('env'), { childList: true, characterData: true, subtree: true });
})()`;

/**
 * The times within which 95 % of seeks to random places are done, ms, in each of some rounds; V8 compiles what they run for a good
 * while before. A seek is as long as the median of five to the same place, with seeks to all others between: what else the machine
 * does for a few milliseconds falls on one of them.
 */
export const seekTimes = (episodes: number, steps: number) => `(() => {
  const place = () => [Math.floor(Math.random() * ${episodes}), Math.floor(Math.random() * ${steps})];
  const seek = ([episode, step]) => {
    const begun = performance.now();
    window.armature.seek(episode, step);
    window.runFrame();
    return performance.now() - begun;
  };
  for (let k = 0; k < 600; k++) seek(place());
  const ascending = (a, b) => a - b;
  return Array.from({ length: 4 }, () => {
    const places = Array.from({ length: 100 }, place);
    const times = places.map(() => []);
    for (let k = 0; k < 5; k++) for (const [i, to] of places.entries()) times[i].push(seek(to));
    return times.map((of) => of.sort(ascending)[2]).sort(ascending)[95];
  });
})()`;
