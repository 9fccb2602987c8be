import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';
import { roomsRule } from './scripts/rooms.mjs';

export default tseslint.config(
  {
    ignores: ['**/node_modules/', 'out/', 'dist/', 'test-results/', 'coverage/', 'test/electron/default-app/', 'main/engine/dedup/kernel/'],
  },
  {
    files: ['**/*.{ts,tsx,mjs,js}'],
    extends: [tseslint.configs.recommended],
    plugins: { nasaq: { rules: { rooms: roomsRule } } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'nasaq/rooms': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-unused-expressions': 'off',
      '@typescript-eslint/no-unused-expressions': ['error', { allowShortCircuit: true, allowTernary: true }],
    },
  },
  {
    files: ['renderer/**/*.{ts,tsx}', 'nodes/*/view.tsx'],
    plugins: { 'react-hooks': reactHooks },
    // The others are for the React Compiler, which is not used here.
    rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error' },
  },
);
