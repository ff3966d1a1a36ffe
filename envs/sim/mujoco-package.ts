/** What there is to know of MuJoCo's package where it is not installed: its own types are not either. */

/** A name that bundlers do not follow. */
export const mujocoPackage = '@mujoco/mujoco';

/** The version that comparisons are made with here. */
export const mujocoVersion = '3.14.0';

/** @mujoco/mujoco is not installed. */
export class MujocoMissing extends Error {
  constructor() {
    super(
      `${mujocoPackage} is not installed; \`npm install --no-save --save-dev ${mujocoPackage}@${mujocoVersion}\` installs it`,
    );
  }
}
