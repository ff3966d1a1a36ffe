/** What to train, and how: a form out of the same data as the command line's help. */
import type { OptionValue } from '../../envs/options.ts';
import { html } from '../dom/elements.ts';
import { choice, labelled, numberField } from './controls.ts';
import type { Catalogue, FormOption, TrainingChoice } from './worker/messages.ts';

/** Those that matter first; the others are a press away. */
const important = ['learningRate', 'stepSize', 'maxDivergence', 'batch', 'gamma', 'baseline', 'initialLogSigma'];

/**
 * @param ask is called with what was chosen, where the rest depends on it
 * @param isFork whether task and arm are those of a run
 */
export function trainForm(
  { tasks, algorithms, choice: chosen, hasUsualSteps, options, envOptions }: Catalogue,
  ask: (choice: Partial<TrainingChoice>) => void,
  isFork: boolean,
): { readonly element: HTMLElement; choice(): TrainingChoice } {
  const { env, arm, algorithm } = chosen;
  let { seed, steps } = chosen;
  let typedSteps = hasUsualSteps ? undefined : steps;
  const typed: Record<string, OptionValue> = {};
  const all = () => ({ ...chosen.options, ...typed });
  const ofTask: Record<string, OptionValue> = { ...chosen.envOptions };
  /** What was typed outlasts what is chosen. */
  const again = (other: Partial<TrainingChoice>) =>
    ask({ env, arm, algorithm, seed, steps: typedSteps, options: typed, envOptions: ofTask, ...other });
  const task = choice('Task', namesOf(tasks), (name) => ask({ env: name, seed }));
  const arms = choice('Arm', tasks.find(({ name }) => name === env)?.arms ?? [], (name) => again({ arm: name }));
  const method = choice('Algorithm', namesOf(algorithms), (name) => again({ algorithm: name }));
  [task.select.value, arms.select.value, method.select.value] = [env, arm, algorithm];
  const describe = html('p', 'small quiet', tasks.find(({ name }) => name === env)?.description ?? '');
  const explain = html('p', 'small quiet', algorithms.find(({ name }) => name === algorithm)?.description ?? '');
  const seedField = numberField('Seed', { step: 1, low: 0 }, (value) => {
    seed = Math.max(0, Math.round(value));
  });
  seedField.set(seed);
  const stepsField = numberField('Steps', { step: 1, low: 1 }, (value) => {
    steps = typedSteps = Math.max(1, Math.round(value));
  });
  stepsField.set(steps);
  const fields = options.map((option) => ({
    option,
    element: optionField(option, chosen.options[option.name] ?? option.default, (value) => {
      typed[option.name] = value;
    }),
  }));
  // Defaults follow from them: those of wide goals are other ones.
  const taskFields = envOptions.map((option) =>
    optionField(option, ofTask[option.name] ?? option.default, (value) => {
      ofTask[option.name] = value;
      again({ options: all() });
    }),
  );
  const isFirst = ({ option }: { readonly option: FormOption }) => important.includes(option.name);
  const first = fields.filter(isFirst).map(({ element }) => element);
  const rest = fields.filter((field) => !isFirst(field)).map(({ element }) => element);
  const more = html('details', 'folded', html('summary', '', 'All options'), html('div', 'form', ...rest));
  const ofTheTask = html(
    'details',
    'folded',
    html('summary', '', 'Options of the task'),
    html('div', 'form', ...taskFields),
  );
  const place = isFork ? [] : [...heading(), task.element, describe, arms.element];
  const element = html('div', '', html('section', 'form what', ...place, method.element, explain));
  element.append(html('section', 'form', seedField.element, stepsField.element, ...first), more);
  if (!isFork && taskFields.length) element.append(ofTheTask);
  return { element, choice: () => ({ env, arm, algorithm, seed, steps, options: all(), envOptions: ofTask }) };
}

function heading(): HTMLElement[] {
  const text = 'It learns from the beginning, in this page, by this machine alone. No other policy is changed.';
  return [html('h3', '', 'A new policy'), html('p', 'small quiet', text)];
}

function namesOf(all: readonly { readonly name: string }[]): string[] {
  return all.map(({ name }) => name);
}

/** @param shown what the field has at first */
function optionField(option: FormOption, shown: OptionValue, onChange: (value: OptionValue) => void): HTMLElement {
  const { name, description, choices, low, high, integer } = option;
  const element = fieldOf(option);
  element.title = description;
  return element;

  function fieldOf({ name: label }: FormOption): HTMLElement {
    const text = words(label);
    if (choices) {
      const field = choice(text, choices, onChange);
      field.select.value = String(shown);
      return field.element;
    }
    if (typeof shown === 'boolean') {
      const box = Object.assign(html('input'), { type: 'checkbox', checked: shown });
      box.addEventListener('change', () => onChange(box.checked));
      return html('label', 'check', box, html('span', '', text));
    }
    if (typeof shown === 'number') {
      const input = Object.assign(html('input'), {
        type: 'number',
        step: integer ? '1' : 'any',
        value: String(shown),
        name,
      });
      if (low !== undefined) input.min = String(low);
      if (high !== undefined) input.max = String(high);
      input.addEventListener('change', () => {
        if (input.reportValidity() && Number.isFinite(input.valueAsNumber)) onChange(input.valueAsNumber);
      });
      return labelled('number', text, input);
    }
    const input = Object.assign(html('input'), { type: 'text', value: shown, name });
    input.addEventListener('change', () => onChange(input.value));
    return labelled('number', text, input);
  }
}

/** `initialLogSigma` as words: Initial log sigma. */
function words(name: string): string {
  const spaced = name.replace(/([A-Z])/g, ' $1').toLowerCase();
  return spaced[0].toUpperCase() + spaced.slice(1);
}
