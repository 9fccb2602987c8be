/** Whether ONNX Runtime or JavaScript could not get the memory for a step. */
export const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error &&
  /bad_alloc|fail(ed|ure)? to allocate|allocation failed|out of memory|Invalid typed array length/i.test(error.message);
