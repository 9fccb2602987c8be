import { safeStorage } from 'electron';
import type { KeyCipher } from './KeyStore.ts';

/** The system's key ring. On Linux without one Electron falls back on a password that everybody knows: that is not safe. */
export const systemCipher: KeyCipher = {
  isSafe: () =>
    safeStorage.isEncryptionAvailable() && (process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text'),
  encrypt: (key) => safeStorage.encryptString(key),
  decrypt: (bytes) => safeStorage.decryptString(bytes),
};
