import { UserError } from '../nodes/kit/index.ts';

/** What `install` gives; where it fails, a UserError with the last line of what the installer said. */
export async function installing<T>(install: () => Promise<T>, sentence: (reason: string) => string): Promise<T> {
  try {
    return await install();
  } catch (error) {
    const reason = String((error as { stderr?: string }).stderr || (error as Error).message)
      .trim()
      .split('\n')
      .at(-1);
    throw new UserError(sentence(reason!));
  }
}
