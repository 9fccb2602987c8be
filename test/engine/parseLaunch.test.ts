import { describe, expect, test } from 'vitest';
import { parseLaunch } from '../../main/app/parseLaunch.ts';

describe('what the app is started with', () => {
  test('the packaged app takes a file, relative to where it was started', () => {
    expect(parseLaunch(['/opt/nasaq', '--no-sandbox', 'a.nasaq.json'], true, '/home/me')).toEqual({
      sample: false,
      path: '/home/me/a.nasaq.json',
    });
  });
  test('from source the app’s own folder comes first', () => {
    expect(parseLaunch(['electron', '--inspect=0', '.', '/x/a.nasaq.json'], false, '/')).toEqual({
      sample: false,
      path: '/x/a.nasaq.json',
    });
    expect(parseLaunch(['electron', '.', '--sample'], false, '/')).toEqual({ sample: true });
  });
});
