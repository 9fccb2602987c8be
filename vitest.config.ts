import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{engine,renderer,lint}/**/*.test.{ts,tsx}'],
    // Native modules want a process each; the trainers and ONNX Runtime take both cores by themselves.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Models run on the CPU whatever this machine has: tests compare bits.
    env: { OMP_WAIT_POLICY: 'PASSIVE', NASAQ_DEVICE: 'cpu', ORT_DISABLE_TELEMETRY: '1' },
  },
});
