import { UserError } from '../../../nodes/kit/UserError.ts';

export class SourceChanged extends UserError {
  constructor(file: string) {
    super(`${file} changed while it was read: start again when it is finished.`);
  }
}
