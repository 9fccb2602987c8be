import fs from 'node:fs';

/** Writes a file of the work folder, whole or not at all. */
export function writeFile(target: string, sections: readonly (Uint8Array | Uint32Array | Float64Array)[]): void {
  const part = `${target}.part`;
  const descriptor = fs.openSync(part, 'w');
  try {
    for (const section of sections) {
      const bytes = new Uint8Array(section.buffer, section.byteOffset, section.byteLength);
      for (let at = 0; at < bytes.length;) at += fs.writeSync(descriptor, bytes, at, Math.min(bytes.length - at, 2 ** 30));
    }
  } catch (error) {
    fs.closeSync(descriptor);
    fs.rmSync(part, { force: true });
    throw error;
  }
  fs.closeSync(descriptor);
  fs.renameSync(part, target);
}
