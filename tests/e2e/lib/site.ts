/** A bare web server: files with their types and no other header, as any host of static files has them. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Serves a folder under a path such as `/deep/er/path/`; everything else is not found. `asked` collects status and path. */
export async function serveSite(folder: string, path = '/') {
  const asked: string[] = [];
  const server: Server = createServer((request, answer) => {
    const wanted = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname));
    try {
      if (!wanted.startsWith(path)) throw new Error('outside');
      const name = wanted.slice(path.length);
      const file = name === '' || name.endsWith('/') ? `${name}index.html` : name;
      const data = readFileSync(join(folder, file));
      answer.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
      answer.end(data);
      asked.push(`200 ${wanted}`);
    } catch {
      answer.writeHead(404, { 'content-type': 'text/plain' });
      answer.end('not found');
      asked.push(`404 ${wanted}`);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  return { url, asked, close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
