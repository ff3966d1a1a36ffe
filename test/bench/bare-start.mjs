// The floor of a start: imports Rapier and steps once.
import RAPIER from '@dimforge/rapier3d-compat';

await RAPIER.init();
new RAPIER.World({ x: 0, y: 0, z: -9.81 }).step();
