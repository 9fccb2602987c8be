/** The key of this name from the environment. */
export const environmentKey = (name: string, env: NodeJS.ProcessEnv = process.env): string | undefined =>
  env[`NASAQ_KEY_${name.toUpperCase()}`];
