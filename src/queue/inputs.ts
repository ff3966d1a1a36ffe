import { digestOf } from '../run/digest.ts';
import type { Job } from '../sweep/job.ts';
import type { Material } from '../sweep/messages.ts';
import type { SweepStore } from './store.ts';
import { type PackedMaterial, pack, variantText } from './variant.ts';

/** What the jobs of a sweep have in common, as its planner puts it on the queue: each of it once. */
export class Inputs {
  private readonly store: SweepStore;
  private readonly packed = new Map<Material, Promise<PackedMaterial>>();
  /** By digest, to be put again where a server lost them. */
  private readonly texts = new Map<string, string>();

  constructor(store: SweepStore) {
    this.store = store;
  }

  /** Puts a job's variant, with what that names, where it is not there. Returns its digest. */
  async put(job: Job, material: Material): Promise<string> {
    const packing = this.packed.get(material) ?? pack(material);
    this.packed.set(material, packing);
    const packed = await packing;
    const text = variantText(job, packed);
    const digest = digestOf(text);
    if (this.texts.has(digest)) return digest;
    for (const input of [text, ...packed.inputs]) {
      this.texts.set(digestOf(input), input);
      await this.store.putInput(input);
    }
    return digest;
  }

  async putAgain(): Promise<void> {
    for (const [digest, text] of this.texts) if (!(await this.store.hasInput(digest))) await this.store.putInput(text);
  }
}
