import { experiment } from '../../experiment.ts';
import { streamsOf } from '../../problems.ts';
import { inAffineCoordinates } from './affine.ts';
import { inCurvedCoordinates } from './curved.ts';
import { lengthOfSteps } from './length.ts';
import { gaussianPolicies, softmaxPolicy } from './policies.ts';

export const natural = experiment({
  name: 'natural',
  description: 'the natural gradient in other coordinates',
  title: 'The natural gradient',
  claim:
    'F⁻¹ ∇J is the same change of the policy in whatever coordinates θ is written; ∇J is another one in each. A step along it is as long, in KL, as its equation says.',
  equations: [
    'θ = M φ + c:  F_φ = Mᵀ F M,  ∇_φ J = Mᵀ ∇J,  so M (F_φ)⁻¹ ∇_φ J = F⁻¹ ∇J',
    'KL(π(θ) | π(θ + x)) = xᵀ F x / 2 + O(|x|³)',
  ],
  evidence(seed) {
    const streams = streamsOf(seed, 6);
    const softmax = softmaxPolicy();
    const policies = [softmax, ...gaussianPolicies(streams)];
    return [inAffineCoordinates(policies, streams), inCurvedCoordinates(), lengthOfSteps(softmax, policies)];
  },
});
