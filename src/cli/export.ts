import { basename, join, resolve } from 'node:path';
import { Command, Option as Flag } from 'commander';
import { UsageError } from '../../envs/options.ts';
import { recordingFormat } from '../../envs/recording/recording.ts';
import { decodeSafetensors } from '../../envs/recording/safetensors.ts';
import { width } from '../../envs/spec.ts';
import { jsonOf } from '../export/json.ts';
import { modelOf, type PolicyModel } from '../export/model.ts';
import { onnxOf, type Protobuf } from '../export/onnx.ts';
import { tensorsOf } from '../export/tensors.ts';
import { openPolicy } from '../policy/open.ts';
import { size, table } from '../report/format.ts';
import { digestOf } from '../run/digest.ts';
import { Failure } from '../run/failure.ts';
import { checkOutput, exists, isFolder, quietly, read, writeWhole } from '../run/files.ts';
import { names } from '../run/folder.ts';
import { withExamples } from './command.ts';
import { type ExportFlags, exportRollouts, isOfRollouts, optionalPackage, rolloutFormats } from './export-rollouts.ts';
import { printJson, printLines } from './output.ts';

const formats: Readonly<Record<string, (model: PolicyModel) => string | Uint8Array | Promise<Uint8Array>>> = {
  onnx: async (model) => onnxOf(model, await protobuf()),
  json: jsonOf,
  safetensors: tensorsOf,
};

export function exportCommand(): Command {
  const all = [...Object.keys(formats), ...rolloutFormats];
  const command = new Command('export')
    .description('write a policy for other programs to run, or rollouts as data for them to learn from')
    .argument('<run>', "a run's folder; a policy file of it, as runs/x/best.safetensors; or a file of rollouts")
    .addOption(
      new Flag(
        '--format <name>',
        "a policy's: onnx (needs protobufjs), json, safetensors; of rollouts: lerobot for learning (needs hyparquet-writer), mcap for Foxglove (needs @mcap/core), csv",
      )
        .choices(all)
        .default('onnx'),
    )
    .option(
      '--out <path>',
      "file, or folder of lerobot, to write; if not given by the run's name, as NAME.onnx, NAME-tensors.safetensors, NAME-lerobot",
    )
    .option('--task <words>', 'what the arm is to do, for lerobot; what the task says of itself if not given')
    .option('--force', 'replace what is there')
    .option('--json', 'print one line of JSON');
  return withExamples(
    command,
    'armature export runs/panda-reach-joints-s0',
    'armature export runs/panda-reach-joints-s0 --format json --out reach.json',
    'armature export runs/panda-reach-joints-s0 --format lerobot --out reach-set',
    'armature export reach.safetensors --format mcap',
  ).action((run: string, flags: ExportFlags) =>
    isOfRollouts(flags) ? exportRollouts(run, flags) : execute(run, flags),
  );
}

async function execute(run: string, flags: ExportFlags): Promise<void> {
  const { format, out = nameOf(run, format), force, json } = flags;
  if (flags.task !== undefined) throw new UsageError('--task is for --format lerobot');
  const file = policyIn(run);
  if (resolve(out) === resolve(file)) throw new UsageError(`--out ${out} is the policy itself: choose another file`);
  checkOutput(out, force);
  const bytes = await read(file);
  if (quietly(() => decodeSafetensors(bytes, file).metadata.format) === recordingFormat.name) {
    throw new Failure(
      `${file} holds rollouts, and --format ${format} is for policies: choose --format ${rolloutFormats.join(', ')}`,
    );
  }
  const opened = await openPolicy(bytes, file);
  const model = modelOf(opened, digestOf(bytes));
  const content = await formats[format](model);
  writeWhole(out, content);
  const [observation, action] = [width(model.observation), width(model.action)];
  const written = Buffer.byteLength(content);
  if (json) printJson({ type: 'result', file: out, format, bytes: written, observation, action });
  else printLines([`${out}, ${size(written)}`, '', ...described(model)]);
}

function nameOf(run: string, format: string): string {
  const name = basename(resolve(run)).replace(/\.safetensors$/, '');
  return format === 'safetensors' ? `${name}-tensors.safetensors` : `${name}.${format}`;
}

/** @throws Failure where there is no policy */
function policyIn(run: string): string {
  if (!exists(run)) throw new Failure(`cannot export ${run}: there is no such folder or file`);
  const file = isFolder(run) ? join(run, names.policy) : run;
  if (!exists(file)) throw new Failure(`cannot export ${run}: it holds no ${names.policy}`);
  return file;
}

async function protobuf(): Promise<Protobuf> {
  const { default: module } = await optionalPackage(
    () => import('protobufjs/light.js'),
    '--format onnx needs protobufjs: npm install protobufjs, or choose --format json or safetensors',
  );
  return module as unknown as Protobuf;
}

/** What goes in and what comes out, number by number. */
function described({ observation, action, distribution, about }: PolicyModel): string[] {
  const rows = (fields: PolicyModel['observation']) => {
    let at = 0;
    return fields.map(({ name, size, unit, description }) => {
      const place = size > 1 ? `${at}-${at + size - 1}` : String(at);
      at += size;
      return [place, name, unit, description];
    });
  };
  const { control_period_s: period, joints } = about;
  return [
    'observation',
    ...table(rows(observation)).map((line) => `  ${line}`),
    `action${period ? `, every ${period} s` : ''}`,
    ...table(rows(action)).map((line) => `  ${line}`),
    ...(joints ? [`  joints ${JSON.parse(joints).join(', ')}`] : []),
    `  the mean of a ${distribution.family} Gaussian${distribution.squashed ? ', through tanh' : ''}, clipped to [-1, 1]`,
  ];
}
