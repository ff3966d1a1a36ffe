import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { describe, expect, it } from 'vitest';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { decodeSafetensors } from '../../envs/recording/safetensors.ts';
import { encodeSealed } from '../../envs/recording/sealed.ts';
import { printable } from '../../envs/text.ts';
import { createDisplay } from '../../src/cli/display.ts';
import { printLines } from '../../src/cli/output.ts';
import { sharePage } from '../../src/pages/share-page.ts';
import { table } from '../../src/report/format.ts';
import { pageHtml } from '../../src/report/page.ts';
import { comparisonPage } from '../../src/sweep/comparison-report.ts';
import { resultsOf } from '../../src/sweep/results.ts';
import { sourceFiles } from '../structure/graph.ts';
import { samplePlan, sampleProvenance, sampleRuns } from '../sweep/sample.ts';
import { armature, type Outcome, quick, temporaryFolder } from './armature.ts';

/** Clears the screen, sets the title, begins an 8-bit sequence, turns what follows around, is not seen, breaks the line. */
const nasty = 'a\u001b[2J\u001b]0;b\u0007\u009b31m\u202ec\u2066\u200d\u2028d\r\ne\u007f';
const csi = String.raw`\u001b\[`;
const obeyed = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** A stream that keeps what is written to it. */
function kept(isTTY: boolean) {
  const written: string[] = [];
  const out = { isTTY, columns: 200, write: (text: string) => written.push(text) > 0 };
  return { out: out as unknown as NodeJS.WriteStream, text: () => written.join('') };
}

describe('a line', () => {
  it('is one line, whatever it holds, with the styles of the command and no others', () => {
    expect(printable(nasty)).not.toMatch(obeyed);
    const [file, terminal] = [kept(false), kept(true)];
    const bold = styleText('bold', 'name', { validateStream: false });
    for (const { out } of [file, terminal]) printLines([`${bold} ${nasty}`, 'next'], out);
    expect(file.text().split('\n')).toHaveLength(3);
    expect(file.text().replaceAll('\n', '')).not.toMatch(obeyed);
    expect(terminal.text()).toContain(bold);
    expect(terminal.text().replace(bold, '').replaceAll('\n', '')).not.toMatch(obeyed);
  });

  it('of a table keeps its columns', () => {
    expect(
      table([
        ['name', 'x'],
        [nasty, '1'],
      ]).map((line) => line.length - line.trimEnd().length),
    ).toEqual([0, 0]);
    expect(
      table([
        ['name', 'x'],
        [nasty, '1'],
      ]).join(''),
    ).not.toMatch(obeyed);
  });

  it.each([false, true])('of progress is clean (on a terminal: %s)', (isTTY) => {
    const { out, text } = kept(isTTY);
    const display = createDisplay(out, { title: nasty, rows: () => [nasty], redrawEvery: 0, lineEvery: 0 });
    display.update(nasty);
    display.end();
    // What redraws is no text: it moves the cursor up and clears what is below.
    const own = ['0J', String.raw`\d*A`, '(1|22)m'].map((code) => new RegExp(`${csi}${code}`, 'g'));
    expect(own.reduce((rest, code) => rest.replace(code, ''), text()).replaceAll('\n', '')).not.toMatch(obeyed);
  });

  it('is printed in one place', () => {
    const printing = sourceFiles('src').filter(({ text }) => /process\.std(out|err)\.write|console\./.test(text));
    // What streams and a supervisor hand on, and a process that answers the one that started it.
    expect(printing.map(({ path }) => path)).toEqual([
      'src/cli/output.ts',
      'src/cli/streams.ts',
      'src/cli/supervisor.ts',
      'src/probe/probe-one.ts',
    ]);
  });
});

/** Ends what it stands in, and begins something else. */
const markup = '"\'></script><img src=x onerror=alert(1)><!--';

describe('a page', () => {
  it('of a comparison shows names as text', () => {
    const plan = samplePlan([markup, 'ppo'], { seeds: 2 });
    const runs = sampleRuns(plan);
    const provenance = { ...sampleProvenance, command: markup, plotting: markup };
    const library = { script: '', style: '', license: '', version: '1' };
    const html = pageHtml(comparisonPage(resultsOf(plan, runs), provenance), library);
    expect(html).toContain('&lt;img src=x');
    expect(html).not.toMatch(/<img|-->|<!--/);
  });

  it('that is shared keeps names where they are', () => {
    const page = { html: '<head><meta charset="utf-8" /></head><body></body>', files: {} };
    const html = sharePage(page, [{ name: markup, bytes: new Uint8Array(8) }]);
    expect(html).not.toMatch(/<img|<!--/);
    const list = /id="shared-list">(.*?)<\/script>/.exec(html)?.[1] ?? '';
    expect(JSON.parse(list)).toMatchObject([{ name: markup }]);
  });
});

describe.runIf(process.platform !== 'win32')('a command', () => {
  const folder = temporaryFolder();
  const run = (...args: string[]) => armature(folder, ...args);
  const clean = ({ stdout, stderr }: Outcome) => {
    for (const line of `${stdout}${stderr}`.split('\n')) expect(line).not.toMatch(obeyed);
  };

  it('prints none of it: names of files and folders, and what files say', async () => {
    await run('train', 'panda-reach-joints', ...quick, '--iterations', '1', '--out', 'run');
    const good = readFileSync(join(folder, 'run', 'rollouts.safetensors'));
    const place = join(folder, nasty);
    mkdirSync(place);
    writeFileSync(join(place, 'torn.safetensors'), good.subarray(0, 5000));
    writeFileSync(join(place, 'whole.safetensors'), good);
    const { tensors, metadata } = decodeSafetensors(good, 'good');
    const { header } = await decodeRecording(new Uint8Array(good), 'good');
    const forge = (text: string, more: object = {}) =>
      encodeSealed({ name: 'armature.rollouts', version: 2, noun: '' }, tensors, {
        ...metadata,
        ...more,
        header: text,
      });
    const options = { ...header.env.options, reward: nasty };
    const scene = { ...header.scene, arm: { ...header.scene.arm, model: { ...header.scene.arm.model, tip: nasty } } };
    const spec = { ...header.spec, terms: [nasty] };
    const forgeries = {
      env: { env: { ...header.env, env: nasty } },
      option: { env: { ...header.env, options } },
      tip: { scene },
      terms: { spec },
      unit: { spec: { ...header.spec, controller: { ...header.spec.controller, unit: nasty } } },
      extra: { [nasty]: 1 },
    };
    for (const [name, change] of Object.entries(forgeries)) {
      const text = JSON.stringify({ ...header, ...change });
      writeFileSync(join(folder, `${name}.safetensors`), await forge(text));
      const outcome = await run('verify', `${name}.safetensors`);
      expect([name, outcome.code]).toEqual([name, 1]);
      clean(outcome);
    }
    for (const args of [
      ['verify', join(nasty, 'torn.safetensors')],
      ['verify', join(nasty, 'whole.safetensors')],
      ['verify', 'unit.safetensors', '--json'],
      ['eval', join(nasty, 'nothing')],
      ['view', nasty + nasty, '--no-open'],
      ['share', join(nasty, 'whole.safetensors'), '--out', join(nasty, 'page.html')],
      ['record', 'run', '--episodes', '1', '--out', join(nasty, 'more.safetensors'), '--json'],
      ['record', 'run', '--episodes', '1', '--out', join(nasty, 'again.safetensors')],
      ['train', nasty],
      ['train', './no.ts', `--${nasty}`],
    ]) {
      clean(await run(...args));
    }
    const { stdout } = await run('verify', 'unit.safetensors', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ difference: { expected: JSON.stringify(nasty) } });
  }, 60_000);
});
