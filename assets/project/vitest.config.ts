export default {
  test: {
    testTimeout: 60_000,
    // Armature's matcher is to be that of this project's vitest, wherever Armature lies.
    server: { deps: { inline: ['@armature-rl/armature'] } },
  },
};
