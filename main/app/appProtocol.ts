import { app, net, protocol } from 'electron';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const SCHEME = 'nasaq';
const HOST = 'app';
/** Vite's server while developing; never set in a packaged app. */
const devServer = () => (app.isPackaged ? undefined : process.env.ELECTRON_RENDERER_URL);

/** Where the window starts. */
export const startUrl = (): string => devServer() ?? `${SCHEME}://${HOST}/index.html`;

/** Whether a frame shows the app's own page. */
export function isAppUrl(url: string): boolean {
  const start = new URL(startUrl());
  const other = URL.canParse(url) ? new URL(url) : undefined;
  return other?.protocol === start.protocol && other.host === start.host;
}

/**
 * Scripts, styles and fonts come from the package alone and nothing goes out. Styles set through the DOM
 * (React Flow's transforms, uPlot's sizes) need no exception: CSP only looks at style attributes in markup.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
}

/** Serves the built renderer, and only that. */
export function serveApp(): void {
  const root = path.join(import.meta.dirname, '..', 'renderer');
  protocol.handle(SCHEME, async (request) => {
    const url = new URL(request.url);
    const file = path.resolve(root, `.${decodeURIComponent(url.pathname)}`);
    if (url.host !== HOST || !file.startsWith(root + path.sep)) return new Response('Not found', { status: 404 });
    const found = await net.fetch(pathToFileURL(file).href).catch(() => undefined);
    if (!found?.ok) return new Response('Not found', { status: 404 });
    const headers = new Headers(found.headers);
    headers.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    headers.set('X-Content-Type-Options', 'nosniff');
    return new Response(found.body, { status: found.status, headers });
  });
}
