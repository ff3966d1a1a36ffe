import type { Report } from '../report/page.ts';
import type { ExperimentSection } from './experiment.ts';

export function labPage(sections: readonly ExperimentSection[], seed: number, software: string): Report {
  return {
    title: 'The policy gradient, put to the test',
    intro:
      'Each claim of the theorem, held to problems whose gradient is known exactly: a Markov decision process small enough to write down every trajectory, and a linear-quadratic problem with a closed form. The estimators are those that train the arms.',
    about: `${software}, seed ${seed}`,
    hasContents: true,
    sections,
  };
}
