import path from 'node:path';
import { UserError } from '../../../nodes/kit/index.ts';

/** For a model whose `file`, in the folder's `onnx/`, gives NaN: a wrong answer would look like any other. */
export const notANumber = (file: string): UserError =>
  new UserError(
    `Model folder ${path.dirname(path.dirname(file))} gives results that are not numbers (NaN in \`onnx/${path.basename(file)}\`): its weights are damaged or overflow; train or export the model again.`,
  );
