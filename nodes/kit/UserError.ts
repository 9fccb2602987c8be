/**
 * A failure that a person can act on: `message` is one sentence that names the file, line, node, port or
 * param and says what to do. Anything else that is thrown is a defect and is shown as one.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}
