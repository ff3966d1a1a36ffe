/** SHA-256 in hex, by what they are of; those of assets/golden.json. */
export const expectedDigests: Readonly<Record<string, string>> = {
  'trajectories panda-reach panda': '8e28f8acc997b49f05b9f8ade68cce4beea472e4b142eb8d19d17767748221c8',
  'trajectories panda-push panda': '28eb1840d2de53b5b83838c928401f82bfd46c4e67cfe050589117a9d842c5f2',
  'theta trpo panda-reach-joints': 'caa09c02bf5f4626a23b9c7a975b9ea5d51498c277f87a8442304fbb6e76d016',
};
