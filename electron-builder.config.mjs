/** ONNX Runtime's package holds its libraries for every system. */
const withoutOnnxFor = (...systems) => systems.map((system) => `!**/node_modules/onnxruntime-node/bin/napi-v6/${system}/**`);

/** @type {import('electron-builder').Configuration} */
export default {
  appId: 'org.nasaq.Nasaq',
  productName: 'Nasaq',
  directories: { output: 'dist', buildResources: 'resources/icons' },
  files: [
    'out/**',
    'package.json',
    // Sources that native modules are built from, and binaries of other systems than the packaged one.
    '!**/node_modules/better-sqlite3/{src,deps}/**',
    '!**/node_modules/**/*.{md,map,ts,cts,mts}',
  ],
  extraResources: [
    { from: 'resources', to: 'resources', filter: ['**/*', '!recipes/**', '!**/__pycache__/**', '!**/*.pyc'] },
    { from: 'nodes', to: 'nodes', filter: ['*/train.py'] },
  ],
  asar: true,
  electronFuses: { runAsNode: false, enableNodeOptionsEnvironmentVariable: false, onlyLoadAppFromAsar: true },
  asarUnpack: ['**/node_modules/{better-sqlite3,onnxruntime-node,onnxruntime-common,@duckdb}/**'],
  // The native modules bring binaries for every system; nothing is compiled here.
  npmRebuild: false,
  // Another Electron than the one of package.json, where that one cannot be downloaded.
  ...(process.env.ELECTRON_OVERRIDE_DIST_PATH && { electronDist: process.env.ELECTRON_OVERRIDE_DIST_PATH }),
  ...(process.env.NASAQ_ELECTRON_VERSION && { electronVersion: process.env.NASAQ_ELECTRON_VERSION }),
  fileAssociations: [{ ext: 'nasaq.json', name: 'Nasaq workflow', role: 'Editor', mimeType: 'application/x-nasaq+json' }],
  linux: {
    target: ['AppImage', 'deb', 'tar.gz'],
    files: withoutOnnxFor('darwin', 'win32'),
    category: 'Science',
    icon: 'resources/icons/icon.png',
    executableName: 'nasaq',
    maintainer: 'Nasaq',
  },
  mac: {
    target: ['dmg', 'zip'],
    files: withoutOnnxFor('linux', 'win32'),
    category: 'public.app-category.developer-tools',
    icon: 'resources/icons/icon.png',
  },
  win: { target: ['nsis'], files: withoutOnnxFor('linux', 'darwin'), icon: 'resources/icons/icon.png' },
  nsis: { oneClick: false, allowToChangeInstallationDirectory: true },
};
