import { parseArgs } from 'node:util';
import { UserError } from '../../nodes/kit/index.ts';
import { type Command, EXIT, type ExitCode, type Terminal } from './Command.ts';
import { cacheCommand } from './commands/cache.ts';
import { envCommand } from './commands/env.ts';
import { exportCommand } from './commands/export.ts';
import { nodesCommand } from './commands/nodes.ts';
import { planCommand } from './commands/plan.ts';
import { queueCommand } from './commands/queue.ts';
import { runCommand } from './commands/run.ts';
import { tryCommand } from './commands/try.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  run: runCommand,
  plan: planCommand,
  try: tryCommand,
  nodes: nodesCommand,
  export: exportCommand,
  cache: cacheCommand,
  queue: queueCommand,
  env: envCommand,
};

const HELP = `nasaq: run workflows of native alignment from the command line

Usage: nasaq COMMAND …

${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(8)}${summary}`)
  .join('\n')}

\`nasaq COMMAND --help\` tells more.

Exit codes: 0 done · 1 a node failed · 2 the workflow or an argument is wrong · 130 cancelled.
Environment: NASAQ_HOME is where the cache and the trainers' Python live; NASAQ_KEY_NAME is the API key that workflows call NAME.
`;

/** Runs one command line and resolves with its exit code. Problems become one sentence on stderr. */
export async function main(args: readonly string[], terminal: Terminal = processTerminal()): Promise<ExitCode> {
  try {
    return await dispatch(args, terminal);
  } catch (error) {
    if (error instanceof UserError) {
      terminal.err(`nasaq: ${error.message}\n`);
      return EXIT.wrong;
    }
    terminal.err(
      `nasaq: a defect of Nasaq stopped it (${error instanceof Error ? error.message.split('\n')[0] : String(error)}); NASAQ_DEBUG=1 shows where.\n`,
    );
    if (process.env.NASAQ_DEBUG && error instanceof Error) terminal.err(`${error.stack}\n`);
    return EXIT.nodeFailed;
  }
}

async function dispatch([name, ...rest]: readonly string[], terminal: Terminal): Promise<ExitCode> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    terminal.out(HELP);
    return name === undefined ? EXIT.wrong : EXIT.done;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new UserError(`There is no command \`${name}\`: type one of ${Object.keys(COMMANDS).join(', ')}.`);
  if (rest.includes('--help') || rest.includes('-h')) {
    terminal.out(command.help);
    return EXIT.done;
  }
  const { values, positionals } = parse(name, command, rest);
  return command.run({ positionals, options: values, terminal });
}

function parse(name: string, command: Command, args: readonly string[]) {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options: command.options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UserError(`${(error as Error).message.split(/\.(?:\s|$)|\n/)[0]}: see \`nasaq ${name} --help\`.`);
  }
  const { positionals } = parsed;
  const missing = command.arguments[positionals.length];
  if (missing) throw new UserError(`${missing} is missing: type \`nasaq ${name} ${command.arguments.join(' ')}\`.`);
  const extra = positionals[command.arguments.length];
  if (extra !== undefined) throw new UserError(`\`${extra}\` is one argument too many: see \`nasaq ${name} --help\`.`);
  return parsed;
}

function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  // A reader that has seen enough, such as `head`, is no failure.
  for (const stream of [stdout, stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.nodeFailed));
  return {
    out: (text) => stdout.write(text),
    err: (text) => stderr.write(text),
    ...(stderr.isTTY && process.env.TERM !== 'dumb'
      ? {
          screen: {
            get columns() {
              return stderr.columns || 80;
            },
            write: (text: string) => stderr.write(text),
          },
        }
      : {}),
  };
}
