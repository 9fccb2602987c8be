import { UserError } from '../../../nodes/kit/index.ts';

/**
 * The key of this name from the environment. `NASAQ_KEY_<NAME>_FOR` may say which server it is for: a workflow from somebody
 * else may name any key together with a server of its own. Throws UserError where that is another one.
 *
 * @param origin of the server that it would be sent to
 */
export function environmentKey(name: string, origin: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const variable = `NASAQ_KEY_${name.toUpperCase()}`;
  const meant = env[`${variable}_FOR`];
  if (!env[variable] || !meant) return env[variable];
  if (URL.canParse(meant) && new URL(meant).origin === origin) return env[variable];
  throw new UserError(
    `The key ${name} is for ${meant} and is not sent to ${origin}: change ${variable}_FOR if that server can be trusted.`,
  );
}
