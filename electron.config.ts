import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      rollupOptions: {
        input: {
          index: 'main/index.ts',
          engineProcess: 'main/engine/engineProcess.ts',
          dedupWorker: 'main/engine/dedup/dedupWorker.ts',
          inferenceWorker: 'main/engine/inference/inferenceWorker.ts',
        },
        // Chunks stand beside the entries: a thread's file is found beside the code that starts it.
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      // A sandboxed preload script is CommonJS and may require nothing but Electron.
      externalizeDeps: false,
      rollupOptions: {
        input: { preload: 'main/preload.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [react()],
    server: { fs: { allow: ['..'] } },
    build: {
      outDir: 'out/renderer',
      // Fonts and images stay files: the policy allows no data: fonts.
      assetsInlineLimit: 0,
      rollupOptions: { input: { index: 'renderer/index.html' } },
    },
  },
});
